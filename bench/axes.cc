#include "bench/axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/flag_value.h"
#include "base/number_format.h"

namespace warpgauge::bench {
namespace {

// Sets an axis to a value. Returns what the axis needs if the value is none of its values.
using Set = std::string (*)(Problem&, std::string_view value);

struct Axis {
  std::string_view name;
  Set set;
  std::string_view example = "NAME=N[,N...], for example S=448,512,640";
  char separator = ',';
};

std::string set_number(std::string_view value, std::int64_t least, std::int64_t most, std::int64_t& to) {
  const auto number = number_of<std::int64_t>(value);
  if (!number || *number < least || *number > most)
    return fmt::format("needs whole numbers from {} to {}", least, most);
  to = *number;
  return {};
}

template <std::int64_t Problem::*Member, std::int64_t kLeast = 1>
std::string set_size(Problem& p, std::string_view value) {
  return set_number(value, kLeast, std::numeric_limits<std::int64_t>::max(), p.*Member);
}

// Sets `follower` too if it was equal.
template <std::int64_t Problem::*Member, std::int64_t Problem::*Follower>
std::string set_both(Problem& p, std::string_view value) {
  const bool follows = p.*Follower == p.*Member;
  std::string need = set_size<Member>(p, value);
  if (follows) p.*Follower = p.*Member;
  return need;
}

std::string set_causal(Problem& p, std::string_view value) {
  std::int64_t is_causal = 0;
  std::string need = set_number(value, 0, 1, is_causal);
  p.mask = is_causal ? Mask::causal : Mask::none;
  return need;
}

std::string set_sinks(Problem& p, std::string_view value) {
  std::int64_t has_sinks = 0;
  std::string need = set_number(value, 0, 1, has_sinks);
  p.sinks = has_sinks != 0;
  return need;
}

std::string set_softcap(Problem& p, std::string_view value) {
  const auto number = number_of<double>(value);
  if (!number || !(*number >= 0) || !std::isfinite(*number)) return "needs finite numbers of at least 0";
  p.softcap = *number;
  return {};
}

std::string set_bias(Problem& p, std::string_view value) {
  for (const Bias bias : {Bias::none, Bias::alibi, Bias::tensor})
    if (value == bias_name(bias)) {
      p.bias = bias;
      return {};
    }
  return "needs none, alibi or tensor";
}

std::string set_window(Problem& p, std::string_view value) {
  p.window = {};
  if (value == "none") return {};
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  constexpr const char* kNeed = "needs pairs LEFT,RIGHT of whole numbers of at least 0, or -1 for all keys";
  const std::size_t comma = std::min(value.find(','), value.size());
  if (comma == value.size() || !set_number(value.substr(0, comma), -1, kMost, p.window.left).empty() ||
      !set_number(value.substr(comma + 1), -1, kMost, p.window.right).empty())
    return kNeed;
  if (!p.window.is_none()) p.mask = p.window.right == 0 ? Mask::causal : Mask::none;
  return {};
}

// In the order of replacement: Hkv after H and Sk after S, whose values they may have taken; causal after the
// window, which may have set it.
constexpr Axis kAxes[] = {
    {"B", set_size<&Problem::batch>},
    {"H", set_both<&Problem::heads, &Problem::kv_heads>},
    {"Hkv", set_size<&Problem::kv_heads>},
    {"S", set_both<&Problem::seq_q, &Problem::seq_k>},
    {"Sk", set_size<&Problem::seq_k, 0>},
    {"D", set_size<&Problem::head_dim>},
    {"Dv", set_size<&Problem::value_dim>},
    {"window", set_window, "window=LEFT,RIGHT[/LEFT,RIGHT...], for example window=1023,0/none", '/'},
    {"causal", set_causal},
    {"softcap", set_softcap, "softcap=X[,X...], for example softcap=0,50"},
    {"sinks", set_sinks, "sinks=N[,N], for example sinks=0,1"},
    {"bias", set_bias, "bias=NAME[,NAME...], for example bias=none,alibi"},
};

const Axis* find_axis(std::string_view name) {
  const auto* const found = std::ranges::find(kAxes, name, &Axis::name);
  return found == std::end(kAxes) ? nullptr : found;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    parts.emplace_back(text.substr(begin, text.find(separator, begin) - begin));
    begin += parts.back().size() + 1;
  }
  return parts;
}

std::vector<std::string_view> axis_names() {
  std::vector<std::string_view> names;
  for (const Axis& axis : kAxes) names.push_back(axis.name);
  return names;
}

}  // namespace

void parse_axis(std::string_view text, Axes& axes) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const Axis* const axis = find_axis(name);
  const auto reject = [&](std::string_view what) {
    throw bad_value(text, what, fmt::format("write {}", (axis ? *axis : kAxes[0]).example));
  };
  if (equals == std::string_view::npos) reject("has no '='");
  if (!axis) reject(fmt::format("is not one of the axes {}", format_list(axis_names())));
  std::vector<std::string> values = split(text.substr(equals + 1), axis->separator);
  for (const std::string& value : values) {
    Problem scratch;
    if (const std::string need = axis->set(scratch, value); !need.empty()) reject(need);
  }
  if (!axes.emplace(name, std::move(values)).second) reject(fmt::format("gives {} a second time", name));
}

std::string axis_text(const std::string& name, const std::vector<std::string>& values) {
  return fmt::format("{}={}", name, fmt::join(values, std::string(1, find_axis(name)->separator)));
}

std::vector<Shape> replace_axes(std::vector<Shape> shapes, const Axes& axes) {
  for (const Axis& axis : kAxes) {
    const auto values = axes.find(std::string(axis.name));
    if (values == axes.end()) continue;
    std::vector<Shape> replaced;
    for (const Shape& shape : shapes)
      for (const std::string& value : values->second) {
        static_cast<void>(axis.set(replaced.emplace_back(shape).problem, value));  // parse_axis() accepted it
      }
    shapes = std::move(replaced);
  }
  return shapes;
}

}  // namespace warpgauge::bench
