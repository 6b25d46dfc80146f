#include "kernels/simt/emulator/bank_conflicts.h"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>

#include "kernels/simt/warp_size.h"

namespace warpgauge::simt::emulator {
namespace {

constexpr int kBanks = 32;
constexpr std::size_t kBankBytes = 4;

// The number of passes for an access of these words: the maximum number of different words in one bank.
int passes(std::vector<std::size_t> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  std::array<int, kBanks> load{};
  for (std::size_t word : words) ++load[word % kBanks];
  return *std::max_element(load.begin(), load.end());
}

}  // namespace

void BankConflicts::note(int warp, int lane, Site site, std::size_t offset, std::size_t bytes) {
  std::vector<Access>& accesses = accesses_[warp];
  const auto same = [&](const Access& a) { return a.lane == lane && a.site == site.word(); };
  const auto repetition = static_cast<int>(std::count_if(accesses.begin(), accesses.end(), same));
  accesses.push_back({site.word(), repetition, lane, offset, bytes});
}

void BankConflicts::flush(int warp) {
  std::vector<Access>& accesses = accesses_[warp];
  const auto group_of = [](const Access& a) {
    const int lanes = a.bytes <= kBankBytes ? kWarpSize : a.bytes <= 8 ? kWarpSize / 2 : kWarpSize / 4;
    return std::tuple(a.site, a.repetition, a.lane / lanes);
  };
  std::sort(accesses.begin(), accesses.end(),
            [&](const Access& a, const Access& b) { return group_of(a) < group_of(b); });
  for (auto first = accesses.begin(); first != accesses.end();) {
    const auto end =
        std::find_if(first, accesses.end(), [&](const Access& a) { return group_of(a) != group_of(*first); });
    std::vector<std::size_t> words;
    for (const Access& a : std::span(first, end))
      for (std::size_t word = a.offset / kBankBytes; word * kBankBytes < a.offset + a.bytes; ++word)
        words.push_back(word);
    ++statistics_.shared_accesses;
    statistics_.bank_conflicts += passes(std::move(words)) - 1;
    first = end;
  }
  accesses.clear();
}

}  // namespace warpgauge::simt::emulator
