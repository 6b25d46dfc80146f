#include "base/similar.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace warpgauge {
namespace {

constexpr std::size_t kMostNames = 3;

// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> distance(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        distance[i][j] = i + j;
        continue;
      }
      const std::size_t substituted = distance[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
      distance[i][j] = std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1, substituted});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        distance[i][j] = std::min(distance[i][j], distance[i - 2][j - 2] + 1);
    }
  return distance[a.size()][b.size()];
}

}  // namespace

std::vector<std::string> similar_names(std::string_view misspelt, std::span<const std::string> names) {
  constexpr std::size_t kLongest = 100;  // the distance costs the product of both lengths
  if (misspelt.empty() || misspelt.size() > kLongest) return {};
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const std::string& name : names) {
    const std::size_t distance = edit_distance(misspelt, name);
    const bool is_beginning = name.starts_with(misspelt) || (!name.empty() && misspelt.starts_with(name));
    if (is_beginning || distance <= std::max<std::size_t>(1, std::min(misspelt.size(), name.size()) / 3))
      found.emplace_back(distance, name);
  }
  std::ranges::stable_sort(found, {}, &std::pair<std::size_t, std::string>::first);
  std::vector<std::string> similar;
  for (const auto& [distance, name] : found)
    if (similar.size() < kMostNames) similar.push_back(name);
  return similar;
}

std::string did_you_mean(std::string_view misspelt, std::span<const std::string> names) {
  const std::vector<std::string> similar = similar_names(misspelt, names);
  if (similar.empty()) return {};
  return fmt::format("did you mean {}?", fmt::join(similar, " or "));
}

}  // namespace warpgauge
