#include "bench/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "base/usage_error.h"
#include "bench/models.h"
#include "kernels/case_key.h"

namespace warpgauge::bench {
namespace {

constexpr Mask kCausal = Mask::causal;

// The cases of the system that this project replaces: S x B x H around (32, 8, 512, 64), and short sequences.
std::vector<Shape> seed_shapes() {
  std::vector<Shape> shapes;
  for (std::int64_t s : {448, 512, 640})
    for (std::int64_t b : {16, 32, 48})
      for (std::int64_t h : {4, 8, 16}) shapes.push_back({b, h, h, s, s, 64});
  for (std::int64_t s : {64, 128, 256}) shapes.push_back({32, 8, 8, s, s, 64});
  shapes.push_back({8, 4, 4, 64, 64, 64});
  return shapes;
}

// The sweep of the FlashAttention papers: the same number of tokens and the same model width at each sequence
// length. In addition grouped heads, and decoding.
std::vector<Shape> sweep(std::int64_t tokens, std::int64_t width, std::initializer_list<std::int64_t> lengths,
                         std::initializer_list<std::int64_t> dims) {
  std::vector<Shape> shapes;
  for (const std::int64_t s : lengths)
    for (const std::int64_t d : dims) {
      const std::int64_t b = tokens / s, h = width / d;
      for (const Mask mask : {Mask::none, kCausal}) shapes.push_back({b, h, h, s, s, d, mask});
      shapes.push_back({b, h, h / 4, s, s, d, kCausal});
      shapes.push_back({b, h, h / 4, 1, s, d});
    }
  return shapes;
}

const std::vector<Matrix>& matrices() {
  //    B   H  Hkv Sq    Sk    D
  static const std::vector<Matrix> all{
      {.name = "smoke",
       .summary = "A few small problems.",
       .process_seconds = 1.5,
       .cpu = {{{1, 4, 4, 128, 128, 64}, {1, 4, 4, 256, 256, 64, kCausal}, {2, 4, 2, 1, 512, 64}},
               {Dtype::f32},
               2e7},
       .cuda = {{{8, 8, 8, 512, 512, 64}, {2, 16, 16, 1024, 1024, 128, kCausal}, {8, 16, 4, 1, 2048, 128}},
                {Dtype::f16, Dtype::bf16},
                1e9}},
      {.name = "ci",
       .summary = "Masks, grouped heads, cross lengths, decoding.",
       .process_seconds = 10,
       .cpu = {{{1, 4, 4, 128, 128, 64},
                {1, 4, 4, 128, 128, 64, kCausal},
                {2, 8, 8, 256, 256, 64},
                {2, 8, 8, 256, 256, 64, kCausal},
                {4, 8, 8, 512, 512, 64},
                {4, 8, 8, 512, 512, 64, kCausal},
                {1, 8, 8, 1024, 1024, 64, kCausal},
                {1, 8, 8, 512, 512, 32},
                {1, 8, 8, 512, 512, 128},
                {1, 8, 2, 512, 512, 64, kCausal},
                {1, 8, 8, 128, 1024, 64, kCausal},
                {8, 8, 2, 1, 2048, 64}},
               {Dtype::f32},
               1e8},
       .cuda = {{{32, 8, 8, 128, 128, 64},
                 {32, 8, 8, 512, 512, 64},
                 {32, 8, 8, 512, 512, 64, kCausal},
                 {8, 16, 16, 1024, 1024, 128},
                 {8, 16, 16, 1024, 1024, 128, kCausal},
                 {2, 16, 16, 2048, 2048, 128},
                 {2, 16, 16, 2048, 2048, 128, kCausal},
                 {1, 16, 16, 4096, 4096, 64, kCausal},
                 {2, 32, 8, 2048, 2048, 128, kCausal},
                 {4, 16, 16, 256, 2048, 128, kCausal},
                 {8, 32, 8, 1, 4096, 128}},
                {Dtype::f16, Dtype::bf16},
                4e9}},
      {.name = "seed",
       .summary = "S x B x H around B:32/H:8/S:512/D:64.",
       .process_seconds = 60,
       .cpu = {seed_shapes(), {Dtype::f32}, 0},
       .cuda = {seed_shapes(), {Dtype::f16, Dtype::bf16}, 0}},
      {.name = "full",
       .summary = "The sweep of the FlashAttention papers.",
       .process_seconds = 120,
       .cpu = {sweep(2048, 512, {128, 512, 1024, 2048}, {32, 64, 128}), {Dtype::f32}, 0},
       .cuda = {sweep(16384, 2048, {512, 1024, 2048, 4096, 8192}, {64, 128, 256}),
                {Dtype::f16, Dtype::bf16},
                0}},
      {.name = "models",
       .summary = "Attention of models in use, from Llama 3 to Whisper.",
       .process_seconds = 60,
       .cpu = {model_shapes_for_cpu(), {Dtype::f32}, 2e9},
       .cuda = {model_shapes(), {Dtype::bf16}, 2e10}},
  };
  return all;
}

Problem make_problem(const Shape& shape, Dtype dtype) {
  const Problem problem = shape.of_type(dtype);
  if (const std::string error = problem_error(problem); !error.empty())
    throw bad_flag("--axis", format_problem(problem), fmt::format("is not a valid problem: {}", error),
                   "give other values");
  return problem;
}

}  // namespace

std::span<const Matrix> all_matrices() {
  return matrices();
}

const Matrix* find_matrix(std::string_view name) {
  const auto found = std::ranges::find(matrices(), name, &Matrix::name);
  return found == matrices().end() ? nullptr : &*found;
}

std::vector<Problem> expand(const BackendMatrix& matrix, const Axes& axes, const std::vector<Dtype>& dtypes) {
  std::vector<Problem> problems;
  for (const Shape& shape : replace_axes(matrix.shapes, axes))
    for (Dtype dtype : dtypes.empty() ? matrix.dtypes : dtypes) {
      const Problem problem = make_problem(shape, dtype);
      if (std::ranges::find(problems, problem) == problems.end()) problems.push_back(problem);
    }
  return problems;
}

std::string source_of(const BackendMatrix& matrix, const Problem& problem) {
  std::vector<std::string> sources;
  for (const Shape& shape : matrix.shapes)
    if (!shape.source.empty() && shape.of_type(problem.dtype) == problem) sources.push_back(shape.source);
  return fmt::format("{}", fmt::join(sources, "; "));
}

bool takes_part(const BackendMatrix& matrix, const Kernel& kernel, const Problem& problem) {
  return kernel.name != "naive" || attention_flops(problem) <= matrix.naive_flops;
}

}  // namespace warpgauge::bench
