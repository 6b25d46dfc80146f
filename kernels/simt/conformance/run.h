// Runs a primitive on the target that the including source file is compiled for.
//
// A primitive is a struct with these members:
//   kFacts                          its constants (primitive.h)
//   operand(random, thread, word)   host code: a random word of its operands
//   run(in, out)                    device code for one thread
// A primitive of TMA also has layout(in, out), the layout of the tensor in the operands or the results. Its
// run takes the tensor map as a third argument.
#pragma once

#include "kernels/simt/conformance/primitive.h"
#include "kernels/simt/simt.h"

namespace warpgauge::simt::conformance {
namespace {

struct Params {
  const std::uint32_t* in;
  std::uint32_t* out;
  TensorMap map;  // TMA only
};

template <class P>
concept HasTensor = requires {
  P::layout(nullptr, nullptr);
};

template <class P>
TensorMap tensor_map(const void* in, const void* out) {
  if constexpr (HasTensor<P>)
    return encode_tensor_map(P::layout(in, out));
  else
    return {};
}

// All are specialised kernels, because setmaxnreg requires it.
template <class P>
SIMT_SPECIALIZED_KERNEL(P::kFacts.threads)
evaluate(SIMT_GRID_CONSTANT const Params p) {
  constexpr int kThreads = P::kFacts.threads, kIn = P::kFacts.words_in, kOut = P::kFacts.words_out;
  const Dim3 block = block_index(), grid = grid_size();
  const int thread = ((block.z * grid.y + block.y) * grid.x + block.x) * kThreads + thread_index();
  if constexpr (HasTensor<P>)
    P::run(p.in + thread * kIn, p.out + thread * kOut, p.map);
  else
    P::run(p.in + thread * kIn, p.out + thread * kOut);
}

template <class P>
constexpr int kGridThreads = P::kFacts.blocks.x* P::kFacts.blocks.y* P::kFacts.blocks.z* P::kFacts.threads;

template <class P>
Words random_operands(std::uint32_t seed) {
  Random random(seed);
  Words words;
  for (int thread = 0; thread < kGridThreads<P>; ++thread)
    for (int word = 0; word < P::kFacts.words_in; ++word) words.push_back(P::operand(random, thread, word));
  return words;
}

template <class P>
Words run(const Words& operands, std::uint64_t schedule_seed) {
  Words results(kGridThreads<P> * P::kFacts.words_out);
  const std::size_t bytes_in = operands.size() * sizeof operands[0],
                    bytes_out = results.size() * sizeof results[0];
  Buffer in(kBackend, bytes_in), out(kBackend, bytes_out);
  in.upload(operands.data(), bytes_in);
  out.upload(results.data(), bytes_out);
  launch<evaluate<P>>(P::kFacts.name, {P::kFacts.blocks, P::kFacts.threads, P::kFacts.shared_bytes},
                      Params{static_cast<const std::uint32_t*>(in.data()),
                             static_cast<std::uint32_t*>(out.data()), tensor_map<P>(in.data(), out.data())},
                      {{"operands", in.data(), bytes_in, false}, {"results", out.data(), bytes_out, true}},
                      Launch{.schedule_seed = schedule_seed});
  synchronize(kBackend);
  out.download(results.data(), bytes_out);
  return results;
}

template <class P>
std::string unavailable() {
  return P::kFacts.hopper ? sm90a_unsupported_reason(P::kFacts.shared_bytes)
                          : unsupported_reason(80, P::kFacts.shared_bytes);
}

template <class... P>
std::vector<Primitive> list() {
  return {Primitive{P::kFacts, unavailable<P>, random_operands<P>, run<P>}...};
}

}  // namespace
}  // namespace warpgauge::simt::conformance
