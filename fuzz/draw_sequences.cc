#include "fuzz/draw_sequences.h"

#include <algorithm>

namespace warpgauge {

void draw_lengths(Draws& draws, const DrawLimits& limits, Problem& p) {
  constexpr Lengths kPatterns[] = {Lengths::ragged, Lengths::ragged, Lengths::one_long, Lengths::with_empty};
  if (!draws.one_in(4)) return;
  p.lengths = draws.pick(kPatterns);
  p.batch = std::max(p.batch, draws.range(2, 6));
  // Of self-attention: packed tokens of one length.
  if (draws.one_in(4) && p.seq_k > 0) p.seq_k = p.seq_q;
  while (check_cost(p, limits.backend) > static_cast<double>(limits.volume) && p.seq_q * p.seq_k > 1)
    (p.seq_k > p.seq_q ? p.seq_k : p.seq_q) /= 2;
}

void draw_pages(Draws& draws, Problem& p) {
  constexpr std::int64_t kPages[] = {16, 16, 16, 32, 64, 128, 256};
  if (draws.one_in(4)) p.page = draws.one_in(8) ? 16 * draws.range(1, 16) : draws.pick(kPages);
}

}  // namespace warpgauge
