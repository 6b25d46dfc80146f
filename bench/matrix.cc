#include "bench/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>

#include "base/flag_value.h"
#include "base/number_format.h"
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
  };
  return all;
}

void replace_axis(Shape& shape, const std::string& axis, std::int64_t value) {
  if (axis == "B") {
    shape.batch = value;
  } else if (axis == "H") {
    if (shape.kv_heads == shape.heads) shape.kv_heads = value;
    shape.heads = value;
  } else if (axis == "Hkv") {
    shape.kv_heads = value;
  } else if (axis == "S") {
    if (shape.seq_k == shape.seq_q) shape.seq_k = value;
    shape.seq_q = value;
  } else if (axis == "Sk") {
    shape.seq_k = value;
  } else if (axis == "D") {
    shape.head_dim = value;
  } else {
    shape.mask = value != 0 ? Mask::causal : Mask::none;
  }
}

Problem make_problem(const Shape& shape, Dtype dtype) {
  const Problem problem{.batch = shape.batch,
                        .heads = shape.heads,
                        .kv_heads = shape.kv_heads,
                        .seq_q = shape.seq_q,
                        .seq_k = shape.seq_k,
                        .head_dim = shape.head_dim,
                        .dtype = dtype,
                        .mask = shape.mask,
                        .scale = default_scale(shape.head_dim)};
  if (const std::string error = problem_error(problem); !error.empty())
    throw bad_flag("--axis", format_problem(problem), fmt::format("is not a valid problem: {}", error),
                   "give other values");
  return problem;
}

// In the order of replacement: Hkv after H and Sk after S, whose values they may have taken.
constexpr std::array<std::string_view, 7> kAxisNames = {"B", "H", "Hkv", "S", "Sk", "D", "causal"};

std::vector<Shape> replace_axes(std::vector<Shape> shapes, const Axes& axes) {
  for (const std::string_view name : kAxisNames) {
    const auto axis = axes.find(std::string(name));
    if (axis == axes.end()) continue;
    std::vector<Shape> replaced;
    for (const Shape& shape : shapes)
      for (std::int64_t value : axis->second) replace_axis(replaced.emplace_back(shape), axis->first, value);
    shapes = std::move(replaced);
  }
  return shapes;
}

}  // namespace

std::span<const Matrix> all_matrices() {
  return matrices();
}

const Matrix* find_matrix(std::string_view name) {
  const auto found = std::ranges::find(matrices(), name, &Matrix::name);
  return found == matrices().end() ? nullptr : &*found;
}

void parse_axis(std::string_view text, Axes& axes) {
  const std::size_t equals = text.find('=');
  const std::string name(text.substr(0, equals));
  const auto reject = [text](std::string_view what) {
    throw bad_value(text, what, "write NAME=N[,N...], for example S=448,512,640");
  };
  if (equals == std::string_view::npos) reject("has no '='");
  if (std::ranges::find(kAxisNames, name) == std::end(kAxisNames))
    reject(fmt::format("is not one of the axes {}", format_list(kAxisNames)));
  const bool is_mask = name == "causal";
  const std::int64_t least = is_mask || name == "Sk" ? 0 : 1;
  const std::int64_t most = is_mask ? 1 : std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> values;
  for (std::size_t begin = equals + 1; begin <= text.size();) {
    const std::string_view part = text.substr(begin, text.find(',', begin) - begin);
    const auto value = number_of<std::int64_t>(part);
    if (!value || *value < least || *value > most)
      reject(fmt::format("needs whole numbers from {} to {}", least, most));
    values.push_back(*value);
    begin += part.size() + 1;
  }
  if (!axes.emplace(name, std::move(values)).second) reject(fmt::format("gives {} a second time", name));
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

bool takes_part(const BackendMatrix& matrix, const Kernel& kernel, const Problem& problem) {
  return kernel.name != "naive" || attention_flops(problem) <= matrix.naive_flops;
}

}  // namespace warpgauge::bench
