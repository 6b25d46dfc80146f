# Mutants: one planted bug per row. mutant(NAME SOURCE FILE FROM TO) compiles the kernel of SOURCE again, with FROM replaced
# by TO in FILE; FROM must occur once. The fuzz must detect each of them; ci/mutants.sh shows which check does. There are no
# mutants of cuda/naive and cuda/cublas, which require a GPU.
set(detect detect_attention_bug)

# flash_mma: synchronisation of threads and copies
set(flash kernels/cuda/flash_mma.cu)
set(tile kernels/cuda/flash_tile.h)
set(online kernels/cuda/flash_softmax.h)
mutant(flash_first_barrier ${flash} ${flash} [[simt::syncthreads();         // makes them]] [[// makes them]])
mutant(flash_value_barrier ${flash} ${flash} [[simt::syncthreads();         // makes it visible; the last reads of K(n)]]
       [[// the last reads of K(n)]])
mutant(flash_key_barrier ${flash} ${flash} [[simt::syncthreads();         // makes it visible; the last reads of V(n)]]
       [[// the last reads of V(n)]])
mutant(flash_output_barrier ${flash} ${tile} [[simt::syncwarp();]] [[]])
mutant(flash_weak_first_wait ${flash} ${flash} [[simt::copy_async_wait<1>();  // Q and]] [[simt::copy_async_wait<2>();  // Q and]])
mutant(flash_weak_key_wait ${flash} ${flash} [[simt::copy_async_wait<0>();  // K(n - 1)]] [[simt::copy_async_wait<1>();  // K(n - 1)]])
mutant(flash_weak_value_wait ${flash} ${flash} [[simt::copy_async_wait<0>();  // V(n)]] [[simt::copy_async_wait<1>();  // V(n)]])
mutant(flash_stale_key_tile ${flash} ${flash} [[if (n > 0) copy_tile]] [[if (n > 1) copy_tile]])
mutant(flash_stale_value_tile ${flash} ${flash} [[if (n == 0) return;]] [[if (n <= 1) return;]])
mutant(flash_value_of_neighbour_tile ${flash} ${flash} [[v_tile, v, p.v_strides.row, last_key}]]
       [[v_tile, v, p.v_strides.row, last_key ^ Shape::kKeyRows}]])
mutant(flash_barrier_of_some_warps ${flash} ${flash} [[simt::syncthreads();         // makes them]]
       [[if (simt::warp_index() > 0) simt::syncthreads();  // makes them]])
mutant(flash_prefetch_past_first_tile ${flash} ${flash} [[if (n > 0) copy_tile]] [[if (n >= 0) copy_tile]])
mutant(flash_tile_begun_twice ${flash} ${flash} [[if (!begun) {]] [[{]])
# flash_mma: host code of the launch
mutant(flash_shared_bytes_too_small ${flash} ${flash} [[(QueryTile::kElements + 2 * KeyTile::kElements)]]
       [[(QueryTile::kElements + KeyTile::kElements)]])
mutant(flash_default_stream ${flash} ${flash} [[                                       l);]]
       [[                                       {.threads = l.threads, .schedule_seed = l.schedule_seed});]])
# flash_mma: masks
mutant(flash_tail_mask ${flash} ${flash} [[std::min(seq_k, row + visible_from + 1)]] [[std::min(seq_k + 1, row + visible_from + 1)]])
mutant(flash_last_key_dropped ${flash} ${flash} [[std::min(seq_k, row + visible_from + 1)]]
       [[std::min(seq_k - 1, row + visible_from + 1)]])
mutant(flash_padding_counted ${flash} ${flash} [[std::min(seq_k, row + visible_from + 1)]] [[(row + visible_from + 1)]])
mutant(flash_diagonal_hidden ${flash} ${flash} [[std::min(seq_k, row + visible_from + 1)]] [[std::min(seq_k, row + visible_from)]])
mutant(flash_beyond_diagonal ${flash} ${flash} [[std::min(seq_k, row + visible_from + 1)]]
       [[std::min(seq_k, row + visible_from + 2)]])
mutant(flash_top_left ${flash} ${flash} [[p.causal ? p.seq_k - p.seq_q :]] [[p.causal ? 0 :]])
mutant(flash_mask_one_tile_late ${flash} ${flash} [[place.first_row + diagonal + 1)]] [[place.first_row + diagonal + 2)]])
mutant(flash_mask_of_last_row ${flash} ${flash} [[place.first_row + diagonal + 1)]] [[rows_end + diagonal)]])
mutant(flash_last_tile_dropped ${flash} ${flash} [[rows_end + diagonal))]] [[rows_end + diagonal - 1))]])
mutant(flash_finite_mask ${flash} ${flash} [[s[m][n][2 * half + e] = -INFINITY;]] [[s[m][n][2 * half + e] = -5e4f;]])
# flash_mma: addresses of rows in global memory
mutant(flash_wrong_kv_head ${flash} ${flash} [[place.head / p.group]] [[place.head % (simt::grid_size().y / p.group)]])
mutant(flash_strides_of_other_tensor ${flash} ${flash} [[kv_head * p.v_strides.head]] [[kv_head * p.k_strides.head]])
mutant(flash_output_packed ${flash} ${flash} [[place.first_row * p.o_strides.row]] [[place.first_row * Shape::QueryTile::kDim]])
mutant(flash_lse_past_last_row ${flash} ${flash} [[row < p.seq_q) lse]] [[row <= p.seq_q) lse]])
mutant(flash_last_row_unwritten ${flash} ${tile} [[first_row + row < rows)]] [[first_row + row < rows - 1)]])
mutant(flash_row_past_end ${flash} ${tile} [[first_row + row < rows)]] [[first_row + row <= rows)]])
mutant(flash_no_zero_fill ${flash} ${tile} [[thread_row() + row < rows ?]] [[true ?]])
mutant(flash_zero_fill_late ${flash} ${tile} [[thread_row() + row < rows ?]] [[thread_row() + row <= rows ?]])
# flash_mma: fragment layouts
mutant(flash_swizzle_of_reader ${flash} ${tile} [[lane / 16 * 8 + lane % 8]] [[lane / 16 * 8 + lane % 4]])
mutant(flash_swizzle_too_wide ${flash} ${tile} [[row & 7]] [[row & 15]])
mutant(flash_value_not_transposed ${flash} ${tile} [[load_matrices<true>]] [[load_matrices<false>]])
mutant(flash_weights_swapped ${flash} ${tile} [[(p[m][2 * j][2], p[m][2 * j][3])]] [[(p[m][2 * j][3], p[m][2 * j][2])]])
# flash_mma: softmax
mutant(flash_peak_of_wrong_lane ${flash} ${online} [[simt::shuffle_xor(peak, 2)]] [[simt::shuffle_xor(peak, 4)]])
mutant(flash_peak_of_half_a_row ${flash} ${online} [[peak = fmaxf(peak, simt::shuffle_xor(peak, 1));]] [[]])
mutant(flash_sum_of_half_a_row ${flash} ${online} [[total += simt::shuffle_xor(total, 1);]] [[]])
mutant(flash_sum_not_rescaled ${flash} ${online} [[sum[m][half] * rescale + added]] [[sum[m][half] + added]])
mutant(flash_output_not_rescaled ${flash} ${online} [[o[m][n][2 * half + 1] *= rescale;]] [[]])
mutant(flash_not_normalised ${flash} ${online} [[total == 0.0f ? 0.0f : 1.0f / total]] [[total == 0.0f ? 0.0f : 1.0f]])
mutant(flash_divided_by_zero ${flash} ${online} [[total == 0.0f ? 0.0f : 1.0f / total]] [[1.0f / total]])
mutant(flash_no_infinity_guard ${flash} ${online} [[largest == -INFINITY ? 0.0f : scaled(largest, scale_log2)]] [[scaled(largest, scale_log2)]])
mutant(flash_finite_start ${flash} ${online} [[largest[m][0] = largest[m][1] = -INFINITY;]] [[largest[m][0] = largest[m][1] = -5e4f;]])
mutant(flash_sum_in_f16 ${flash} ${online} [[added += s[m][n][e];]] [[added = static_cast<float>(f16(added + s[m][n][e]));]])
mutant(flash_scale_one_percent ${flash} ${flash} [[p.scale * std::numbers::log2e]] [[p.scale * 1.01 * std::numbers::log2e]])
mutant(flash_lse_in_base_2 ${flash} ${online} [[scaled(largest, scale_log2) * kLn2;]] [[scaled(largest, scale_log2);]])
mutant(flash_huge_logits ${flash} ${flash} [[if (simt::any(change.huge())) return false;]] [[simt::any(change.huge());]])
mutant(flash_huge_maxima_kept ${flash} ${flash} [[softmax.subtract_maxima(s, change);]] [[]])
mutant(flash_huge_scores_kept ${flash} ${online} [[s[m][n][2 * half + 1] -= largest[m][half];]] [[]])
mutant(flash_huge_earlier_maximum_kept ${flash} ${online} [[change.before[m][half] -= largest[m][half];]] [[]])

# decode_split_kv: synchronisation and the loop over tiles of keys
set(decode kernels/cuda/decode_split_kv.cu)
mutant(decode_copy_barrier ${decode} ${decode} [[simt::syncthreads();         // makes]] [[// makes]])
mutant(decode_stage_barrier ${decode} ${decode} [[simt::syncthreads();  // ends]] [[// ends]])
mutant(decode_merge_barrier ${decode} ${decode} [[simt::syncthreads();  // makes]] [[// makes]])
mutant(decode_weak_wait ${decode} ${decode} [[copy_async_wait<1>]] [[copy_async_wait<2>]])
mutant(decode_one_stage ${decode} ${decode} [[T* stage = kv + tile % kStages * 2 * KeyTile::kElements;]] [[T* stage = kv;]])
mutant(decode_stale_last_tile ${decode} ${decode} [[if (tile + 1 < tiles)]] [[if (tile + 2 < tiles)]])
mutant(decode_prefetch_past_last_tile ${decode} ${decode} [[if (tile + 1 < tiles)]] [[if (tile < tiles)]])
mutant(decode_tail_tile_dropped ${decode} ${decode} [[(p.seq_k + kTileKeys - 1) / kTileKeys - first_tile]]
       [[p.seq_k / kTileKeys - first_tile]])
mutant(decode_tail_share_dropped ${decode} ${decode} [[divide_up(divide_up(p.seq_k, kTileKeys), splits)]]
       [[divide_up(p.seq_k, kTileKeys) / splits]])
mutant(decode_value_of_next_key ${decode} ${decode} [[v, p.v_strides.row, first_key)]] [[v, p.v_strides.row, first_key + 1)]])
mutant(decode_mask_of_wrong_warp ${decode} ${decode} [[simt::warp_index() * WarpTile]] [[(simt::warp_index() ^ 1) * WarpTile]])
mutant(decode_tail_mask ${decode} ${decode} [[key >= p.seq_k ||]] [[key > p.seq_k ||]])
mutant(decode_diagonal ${decode} ${decode} [[key > query + p.seq_k - p.seq_q]] [[key >= query + p.seq_k - p.seq_q]])
mutant(decode_top_left ${decode} ${decode} [[key > query + p.seq_k - p.seq_q]] [[key > query]])
# decode_split_kv: packed rows
mutant(decode_padding_is_real ${decode} ${decode} [[row < p.group * p.seq_q]] [[row <= p.group * p.seq_q]])
mutant(decode_padding_is_read ${decode} ${decode} [[row.real ? 16 : 0]] [[16]])
mutant(decode_wrong_head_of_group ${decode} ${decode} [[kv_head * p.group + row % p.group]]
       [[row % p.group * (p.heads / p.group) + kv_head]])
mutant(decode_strides_of_other_tensor ${decode} ${decode} [[p.o + simt::block_index().z * p.o_strides.batch]]
       [[p.o + simt::block_index().z * p.q_strides.batch]])
# decode_split_kv: merge of the warps' results
mutant(decode_merge_weight ${decode} ${decode} [[weight[w] = results.sum[at] *]] [[weight[w] =]])
mutant(decode_merge_wrong_row ${decode} ${decode} [[results.largest[w * kRows + row_in_tile])]] [[results.largest[w * kRows])]])
mutant(decode_merge_no_guard ${decode} ${decode} [[flash::rescaling_exponent(results.largest[at], largest, p.scale_log2)]]
       [[flash::scaled(results.largest[at] - largest, p.scale_log2)]])
mutant(decode_merge_lse_in_base_2 ${decode} ${decode} [[flash::largest_logit(largest, p.scale_log2) + logf]] [[largest * p.scale_log2 + logf]])
# decode_split_kv: splits
mutant(decode_workspace_too_small ${decode} ${decode} [[splits * (query_elements(p) + lse_elements(p))]] [[splits * query_elements(p)]])
mutant(decode_partial_of_wrong_split ${decode} ${decode} [[(simt::block_index().x * rows + index) * kDim + d]]
       [[(index * p.splits + simt::block_index().x) * kDim + d]])
mutant(decode_empty_split_divided_by_zero ${decode} ${decode} [[target[0] = low * inverse;]] [[target[0] = low / total;]])
mutant(decode_combine_drops_a_split ${decode} ${decode} [[split < p.splits; ++split) total]] [[split < p.splits - 1; ++split) total]])
mutant(decode_combine_weight ${decode} ${decode} [[const float weight = expf]] [[const float weight = 0.98f * expf]])
mutant(decode_combine_lse ${decode} ${decode} [[largest + logf(total);]] [[largest;]])

# cpu/naive
set(naive kernels/cpu/naive.cc)
mutant(naive_scale_one_percent ${naive} ${naive} [[static_cast<float>(p.scale) *]] [[static_cast<float>(p.scale * 1.01) *]])
mutant(naive_dot_without_tail ${naive} ${naive} [[static_cast<float>(q[d]) *]] [[(d < p.head_dim / 16 * 16) * static_cast<float>(q[d]) *]])
mutant(naive_maximum_from_zero ${naive} ${naive} [[float largest = sink;]] [[float largest = 0;]])
mutant(naive_no_maximum ${naive} ${naive} [[std::exp(scratch.logits[j] - largest)]] [[std::exp(scratch.logits[j])]])
mutant(naive_sum_in_f16 ${naive} ${naive} [[sum += weight;]] [[sum = static_cast<float>(f16(sum + weight));]])
mutant(naive_stale_accumulator ${naive} ${naive} [[begin(), value_dim, 0.0f]] [[begin(), value_dim - 1, 0.0f]])
mutant(naive_divided_by_zero ${naive} ${naive} [[sum == 0 ? 0.0f : 1.0f / sum]] [[1.0f / sum]])
mutant(naive_lse_in_base_2 ${naive} ${naive} [[std::log(sum)]] [[std::log2(sum)]])
mutant(naive_last_key_dropped ${naive} ${naive} [[const KeyRange keys = visible_range(p, rule.query);]]
       [[KeyRange keys = visible_range(p, rule.query); if (p.mask == Mask::none && keys.count() > 0) --keys.last;]])
mutant(naive_beyond_diagonal ${naive} ${naive} [[const KeyRange keys = visible_range(p, rule.query);]]
       [[KeyRange keys = visible_range(p, rule.query); keys.last = std::min(p.seq_k, keys.last + 1);]])
mutant(naive_wrong_kv_head ${naive} ${naive} [[{p, t, b, kv},]] [[{p, t, b, h % p.kv_heads},]])
mutant(naive_value_with_stride_of_keys ${naive} ${naive} [[at(tensors.v, tensors.v_strides, j)]]
       [[at(tensors.v, problem.value_dim == 0 ? tensors.k_strides : tensors.v_strides, j)]])
mutant(naive_output_with_strides_of_queries ${naive} ${naive} [[offset_of(t.o_strides, place, h)]] [[offset_of(p.value_dim == 0 ? t.q_strides : t.o_strides, place, h)]])
mutant(naive_window_one_more_on_the_left ${naive} ${naive} [[const KeyRange keys = visible_range(p, rule.query);]]
       [[KeyRange keys = visible_range(p, rule.query); if (keys.first > 0) --keys.first;]])
mutant(naive_window_one_less_on_the_left ${naive} ${naive} [[const KeyRange keys = visible_range(p, rule.query);]]
       [[KeyRange keys = visible_range(p, rule.query); if (keys.first > 0 && keys.count() > 1) ++keys.first;]])
mutant(naive_window_one_more_on_the_right ${naive} ${naive} [[const KeyRange keys = visible_range(p, rule.query);]]
       [[KeyRange keys = visible_range(p, rule.query); if (p.window.right > 0 && keys.count() > 0 && keys.last < p.seq_k) ++keys.last;]])
mutant(naive_window_from_the_top_left ${naive} ${naive} [[const KeyRange keys = visible_range(p, rule.query);]]
       [[KeyRange keys = visible_range(p, rule.query); if (p.window.left >= 0 && keys.count() > 0) keys.first = std::clamp<std::int64_t>(rule.query - p.window.left, 0, keys.last - 1);]])
mutant(naive_cap_before_scale ${naive} ${naive} [[float logit = dot * scale;]] [[float logit = dot * (problem.softcap != 0 ? 1.0f : scale);]])
mutant(naive_cap_twice ${naive} ${naive} [[cap * std::tanh(logit / cap);]] [[cap * std::tanh(std::tanh(logit / cap));]])
mutant(naive_cap_not_multiplied_back ${naive} ${naive} [[cap * std::tanh(logit / cap);]] [[std::tanh(logit / cap);]])
mutant(naive_alibi_adds ${naive} ${naive} [[logit -= slope *]] [[logit += slope *]])
mutant(naive_alibi_of_wrong_head ${naive} ${naive} [=[t.slopes[h]]=] [=[t.slopes[h / group]]=])
mutant(naive_bias_of_wrong_head ${naive} ${naive} [[offset_of(t.bias_strides, {b, i}, h)]] [[offset_of(t.bias_strides, {b, i}, h / group)]])
mutant(naive_bias_of_wrong_query ${naive} ${naive} [[offset_of(t.bias_strides, {b, i}, h)]] [[offset_of(t.bias_strides, {b, p.seq_q - 1 - i}, h)]])
mutant(naive_bias_scaled ${naive} ${naive} [=[logit += bias[key];]=] [=[logit += bias[key] * static_cast<float>(problem.scale * 1.0);]=])
mutant(naive_sink_missing ${naive} ${naive} [[p.sinks ? std::exp(sink - largest) : 0.0f]] [[0.0f]])
mutant(naive_sink_missing_from_lse ${naive} ${naive} [[*lse = largest + std::log(sum);]]
       [[*lse = largest + std::log(p.sinks && keys.count() > 0 ? sum - std::exp(sink - largest) : sum);]])
mutant(naive_sink_scaled ${naive} ${naive} [=[p.sinks ? t.sinks[h]]=] [=[p.sinks ? t.sinks[h] * static_cast<float>(0.5 + p.scale)]=])
mutant(naive_sink_of_wrong_head ${naive} ${naive} [=[p.sinks ? t.sinks[h]]=] [=[p.sinks ? t.sinks[h / group]]=])
mutant(naive_value_dim_is_head_dim ${naive} ${naive} [[value_dim = value_dim_of(p);]] [[value_dim = std::min(p.head_dim, value_dim_of(p));]])
mutant(naive_key_factor_missing ${naive} ${naive} [[ * t.k_descale.at(b, kv);]] [[;]])
mutant(naive_key_factor_twice ${naive} ${naive} [[t.k_descale.at(b, kv);]] [[t.k_descale.at(b, kv) * t.k_descale.at(b, kv);]])
mutant(naive_key_factor_of_query_head ${naive} ${naive} [[t.k_descale.at(b, kv);]] [[t.k_descale.at(b, h % p.kv_heads);]])
mutant(naive_query_factor_of_first_batch ${naive} ${naive} [[t.q_descale.at(b, kv)]] [[t.q_descale.at(0, kv)]])
mutant(naive_value_factor_is_that_of_keys ${naive} ${naive} [[t.v_descale.at(b, kv)]] [[t.k_descale.at(b, kv)]])
mutant(naive_value_factor_before_normalization ${naive} ${naive} [=[scratch.accumulator[d] += weight *]=] [=[sum += (v_scale - 1) * weight / static_cast<float>(value_dim), scratch.accumulator[d] += weight *]=])
mutant(naive_output_in_fp8 ${naive} ${naive} [=[O(scratch.accumulator[d] * inverse * v_scale)]=] [=[O(std::is_same_v<Q, e4m3> ? static_cast<float>(e4m3(scratch.accumulator[d] * inverse * v_scale)) : scratch.accumulator[d] * inverse * v_scale)]=])
mutant(naive_start_of_sequence_ignored ${naive} ${naive} [[const RowPlace place = query_place(p, t, b, i);]]
       [[RowPlace place = query_place(p, t, b, i); if (p.lengths != Lengths::equal) place.row = i;]])
mutant(naive_last_row_of_sequence_dropped ${naive} ${naive} [[if (i >= sequence.seq_q) continue;]]
       [[if (i >= sequence.seq_q || (p.lengths != Lengths::equal && i > 0 && i == sequence.seq_q - 1)) continue;]])
mutant(naive_positions_by_the_maxima ${naive} ${naive} [[visible_range(p, rule.query);]]
       [[visible_range(p, rule.query + (kv.problem.seq_k - kv.problem.seq_q) - (p.seq_k - p.seq_q));]])
mutant(naive_page_boundary_one_late ${naive} ${naive} [[key_place(problem, tensors, batch, j)]]
       [[RowPlace{key_place(problem, tensors, batch, problem.page > 0 && j > 0 ? j - 1 : j).block, key_place(problem, tensors, batch, j).row}]])
mutant(naive_lse_of_wrong_head ${naive} ${naive} [[lse_index(p, t, b, h, i)]]
       [[lse_index(p, t, b, p.lengths == Lengths::equal ? h : p.heads - 1 - h, i)]])

# cpu/blas and its softmax
set(blas kernels/cpu/blas.cc)
set(softmax kernels/cpu/softmax.h)
mutant(blas_adds_to_logits ${blas} ${blas} [[0.0f, scratch.logits]] [[1.0f, scratch.logits]])
mutant(blas_keys_of_first_row ${blas} ${blas} [[visible_range(p, first + rows - 1)]] [[visible_range(p, first)]])
mutant(blas_last_block_dropped ${blas} ${blas} [[(p.seq_q + step - 1) / step]] [[(p.seq_q + step - 2) / step]])
mutant(blas_lse_of_first_block ${blas} ${blas} [[lse_index(p, t, b, h, first)]] [[lse_index(p, t, b, h, 0)]])
mutant(blas_widens_packed_rows ${blas} ${blas} [=[source[i * step + d]]=] [=[source[i * head_dim + d]]=])
mutant(blas_narrows_to_packed_rows ${blas} ${blas} [=[o[i * o_step + d]]=] [=[o[i * dim + d]]=])
mutant(blas_no_keys_last_column ${blas} ${blas} [[i * target_step, dim, 0.0f]] [[i * target_step, dim - 1, 0.0f]])
mutant(blas_wrong_kv_head ${blas} ${blas} [[h / (p.heads / p.kv_heads)]] [[h % p.kv_heads]])
mutant(blas_workspace_too_small ${blas} ${blas} [[return rows * p.seq_k + widened;]] [[return rows * p.seq_k + widened - 8;]])
mutant(blas_masked_key_counted ${blas} ${softmax} [[j = last; j < keys]] [[j = last + 1; j < keys]])
mutant(blas_sum_without_tail ${blas} ${softmax} [[sum += weights[j] =]] [[weights[j] =]])
mutant(blas_last_weight_not_normalised ${blas} ${softmax} [[j < last; ++j) logits[j] *=]] [[j < last - 1; ++j) logits[j] *=]])
mutant(blas_exponential_coefficient ${blas} ${softmax} [[2.40226507e-1f]] [[2.41226507e-1f]])
mutant(blas_exponential_not_flushed ${blas} ${softmax} [[y < -126.0f ? 0.0f : power]] [[power]])
mutant(blas_exponent_bias ${blas} ${softmax} [[+ 127u]] [[+ 126u]])
