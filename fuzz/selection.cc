#include "fuzz/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/escape.h"
#include "base/similar.h"

namespace warpgauge {
namespace {

std::vector<std::string> known_ids(std::span<const Kernel* const> kernels,
                                   std::span<const std::string> unbuilt) {
  std::vector<std::string> ids;
  for (const Kernel* kernel : kernels) ids.push_back(kernel->id());
  ids.insert(ids.end(), unbuilt.begin(), unbuilt.end());
  return ids;
}

// `what` names the flag and its value.
[[noreturn]] void reject(const std::string& what, const std::string& misspelt,
                         const std::vector<std::string>& ids) {
  const std::string suggestion = did_you_mean(misspelt, ids);
  throw std::invalid_argument(fmt::format("{}; {}{}the kernels are {}", what, suggestion,
                                          suggestion.empty() ? "" : " ", fmt::join(ids, ", ")));
}

}  // namespace

KernelSelection select_kernels(std::span<const Kernel* const> kernels, std::span<const std::string> unbuilt,
                               const Flags& flags) {
  const std::vector<std::string> ids = known_ids(kernels, unbuilt);
  const auto matches = [&](const std::string& id) { return std::regex_search(id, flags.kernel); };
  if (std::ranges::none_of(ids, matches))
    reject(fmt::format("--kernel={}: matches no kernel", visible(flags.kernel_text)), flags.kernel_text, ids);
  for (const Reproducer& reproducer : flags.reproducers)
    if (std::ranges::none_of(ids, [&](const std::string& id) { return reproducer.applies_to(id); }))
      reject(fmt::format("--replay: no kernel is named '{}'", visible(reproducer.kernel)), reproducer.kernel,
             ids);

  const auto is_selected = [&](const std::string& id) {
    const auto applies = [&](const Reproducer& reproducer) { return reproducer.applies_to(id); };
    return matches(id) && (flags.reproducers.empty() || std::ranges::any_of(flags.reproducers, applies));
  };
  KernelSelection selection;
  for (const Kernel* kernel : kernels)
    if (is_selected(kernel->id())) selection.kernels.push_back(kernel);
  std::ranges::copy_if(unbuilt, std::back_inserter(selection.unbuilt), is_selected);
  if (selection.kernels.empty() && selection.unbuilt.empty())
    throw std::invalid_argument(fmt::format("--kernel={} excludes every kernel of --replay; leave it out",
                                            visible(flags.kernel_text)));
  return selection;
}

}  // namespace warpgauge
