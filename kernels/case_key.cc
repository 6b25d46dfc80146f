#include "kernels/case_key.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <stdexcept>
#include <vector>

namespace warpgauge {
namespace {

// The shortest text that parses to the same value.
std::string shortest(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return error == std::errc{} ? std::string(text, end) : std::string("nan");
}

[[noreturn]] void reject(std::string_view text, const std::string& what) {
  throw std::invalid_argument(fmt::format(
      "'{}' is not a case: {}; write KERNEL/DTYPE/B:32/H:8[/Hkv:2]/S:512[/Sk:1024]/D:64[/Dv:128]/causal:0"
      "[/window:L,R][/softcap:X][/sinks:1][/bias:alibi|tensor]"
      "[/lengths:ragged|long|empty][/page:N][/kv:e4m3][/scale:X]",
      text, what));
}

std::optional<Dtype> parse_dtype(std::string_view text) {
  for (Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16, Dtype::e4m3})
    if (text == dtype_name(dtype)) return dtype;
  return std::nullopt;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t slash = text.find('/', begin);
    parts.push_back(text.substr(begin, slash - begin));
    if (slash == std::string_view::npos) return parts;
    begin = slash + 1;
  }
}

// Reads the axes of a case in their fixed order.
class AxisReader {
 public:
  AxisReader(std::string_view text, const std::vector<std::string_view>& parts, std::size_t next)
      : text_(text), parts_(parts), next_(next) {}

  // The text after "AXIS:", if that is the next part.
  std::optional<std::string_view> text(std::string_view axis) {
    if (next_ == parts_.size()) return std::nullopt;
    const std::string_view part = parts_[next_];
    if (!part.starts_with(axis) || part.size() <= axis.size() || part[axis.size()] != ':')
      return std::nullopt;
    ++next_;
    return part.substr(axis.size() + 1);
  }

  template <class Number>
  std::optional<Number> optional(std::string_view axis) {
    const auto value = text(axis);
    return value ? std::optional(number<Number>(*value)) : std::nullopt;
  }

  std::optional<Window> window() {
    const auto sides = text("window");
    if (!sides) return std::nullopt;
    const std::size_t comma = sides->find(',');
    if (comma == std::string_view::npos) reject(text_, "a window needs two numbers, 'window:LEFT,RIGHT'");
    const Window window{number<std::int64_t>(sides->substr(0, comma)),
                        number<std::int64_t>(sides->substr(comma + 1))};
    if (window.is_none()) reject(text_, "a window without sides is not written");
    return window;
  }

  Bias bias() {
    const auto name = text("bias");
    if (!name) return Bias::none;
    for (const Bias bias : {Bias::alibi, Bias::tensor})
      if (*name == bias_name(bias)) return bias;
    reject(text_, fmt::format("the bias '{}' is neither alibi nor tensor", *name));
  }

  Lengths lengths() {
    const auto name = text("lengths");
    if (!name) return Lengths::equal;
    for (const Lengths lengths : {Lengths::ragged, Lengths::one_long, Lengths::with_empty})
      if (*name == lengths_name(lengths)) return lengths;
    reject(text_, fmt::format("the lengths '{}' are none of ragged, long and empty", *name));
  }

  bool kv_e4m3() {
    const auto type = text("kv");
    if (type && *type != dtype_name(Dtype::e4m3))
      reject(text_, fmt::format("the type '{}' of K and V is not e4m3", *type));
    return type.has_value();
  }

  std::int64_t required(std::string_view axis) {
    const auto value = optional<std::int64_t>(axis);
    if (!value) reject(text_, fmt::format("expected '{}:N', found {}", axis, found()));
    return *value;
  }

  void finish() {
    if (next_ != parts_.size()) reject(text_, fmt::format("unexpected {}", found()));
  }

 private:
  template <class Number>
  Number number(std::string_view value) {
    Number read{};
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, read);
    if (error != std::errc{} || stop != end)
      reject(text_, fmt::format("'{}' in '{}' is not a number", value, parts_[next_ - 1]));
    return read;
  }

  std::string found() const { return next_ < parts_.size() ? fmt::format("'{}'", parts_[next_]) : "the end"; }

  std::string_view text_;
  const std::vector<std::string_view>& parts_;
  std::size_t next_;
};

}  // namespace

std::string format_problem(const Problem& p) {
  std::string text = fmt::format("{}/B:{}/H:{}", dtype_name(p.dtype), p.batch, p.heads);
  if (p.kv_heads != p.heads) text += fmt::format("/Hkv:{}", p.kv_heads);
  text += fmt::format("/S:{}", p.seq_q);
  if (p.seq_k != p.seq_q) text += fmt::format("/Sk:{}", p.seq_k);
  text += fmt::format("/D:{}", p.head_dim);
  if (p.value_dim != 0) text += fmt::format("/Dv:{}", p.value_dim);
  text += fmt::format("/causal:{}", p.mask == Mask::causal ? 1 : 0);
  if (!p.window.is_none()) text += fmt::format("/window:{},{}", p.window.left, p.window.right);
  if (p.softcap != 0) text += fmt::format("/softcap:{}", shortest(p.softcap));
  if (p.sinks) text += "/sinks:1";
  if (p.bias != Bias::none) text += fmt::format("/bias:{}", bias_name(p.bias));
  if (p.lengths != Lengths::equal) text += fmt::format("/lengths:{}", lengths_name(p.lengths));
  if (p.page != 0) text += fmt::format("/page:{}", p.page);
  if (p.kv_e4m3) text += fmt::format("/kv:{}", dtype_name(Dtype::e4m3));
  if (p.scale != default_scale(p.head_dim)) text += fmt::format("/scale:{}", shortest(p.scale));
  return text;
}

std::string format_case(std::string_view kernel, const Problem& problem) {
  return fmt::format("{}/{}", kernel, format_problem(problem));
}

ParsedCase parse_case(std::string_view text) {
  const std::vector<std::string_view> parts = split(text);
  std::size_t type_at = 0;
  while (type_at < parts.size() && !parse_dtype(parts[type_at])) ++type_at;
  if (type_at == parts.size()) reject(text, "no element type (f32, f16, bf16, e4m3)");

  ParsedCase parsed;
  if (type_at > 0)
    parsed.kernel = text.substr(0, static_cast<std::size_t>(parts[type_at].data() - text.data()) - 1);
  Problem& p = parsed.problem;
  p.dtype = *parse_dtype(parts[type_at]);
  AxisReader axes(text, parts, type_at + 1);
  p.batch = axes.required("B");
  p.heads = axes.required("H");
  p.kv_heads = axes.optional<std::int64_t>("Hkv").value_or(p.heads);
  p.seq_q = axes.required("S");
  p.seq_k = axes.optional<std::int64_t>("Sk").value_or(p.seq_q);
  p.head_dim = axes.required("D");
  p.value_dim = axes.optional<std::int64_t>("Dv").value_or(0);
  if (p.value_dim == p.head_dim) p.value_dim = 0;
  const std::int64_t causal = axes.required("causal");
  if (causal != 0 && causal != 1) reject(text, "causal must be 0 or 1");
  p.mask = causal ? Mask::causal : Mask::none;
  p.window = axes.window().value_or(Window{});
  p.softcap = axes.optional<double>("softcap").value_or(0);
  const std::int64_t sinks = axes.optional<std::int64_t>("sinks").value_or(0);
  if (sinks != 0 && sinks != 1) reject(text, "sinks must be 0 or 1");
  p.sinks = sinks == 1;
  p.bias = axes.bias();
  p.lengths = axes.lengths();
  p.page = axes.optional<std::int64_t>("page").value_or(0);
  p.kv_e4m3 = axes.kv_e4m3();
  p.scale = axes.optional<double>("scale").value_or(default_scale(p.head_dim));
  axes.finish();
  if (const std::string error = problem_error(p); !error.empty()) reject(text, error);
  return parsed;
}

}  // namespace warpgauge
