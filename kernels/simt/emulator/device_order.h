// The order of memory accesses of different blocks: by atomics and device fences (PTX ISA, "Release and
// acquire patterns").
//
//   writes; threadfence(); atomic        release: an atomic publishes what precedes the last fence
//   atomic; threadfence(); reads         acquire: after the fence, what earlier atomics on this word have
//   published
//
// Barriers of a block pass both halves on: all threads may fence before a barrier and one executes the
// atomic, or the other way round.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace warpgauge::simt::emulator {

using VectorClock = std::vector<std::uint32_t>;

struct SyncLog;

// The first `count` atomics on a word.
struct LogView {
  std::shared_ptr<const SyncLog> log;
  std::size_t count;
};

// What a thread knows of other blocks, and what its own block may publish. Shared copy-on-write.
struct DeviceView {
  std::shared_ptr<const VectorClock>
      published;                  // events of this block that precede a device fence; null: none
  std::vector<LogView> observed;  // atomics that an atomic has followed
  std::vector<LogView> acquired;  // those of them that precede a device fence
};

// An atomic update of a word of global memory.
struct Release {
  std::int64_t block;
  int agent;
  std::uint32_t event;
  std::shared_ptr<const DeviceView> view;  // of the thread; null: it has executed no fence
};

// All atomics on a word, in their order. Later ones continue the release sequence of earlier ones.
struct SyncLog {
  std::vector<Release> releases;
  std::unordered_map<std::int64_t, std::vector<std::size_t>> by_block;  // indices of releases

  void push(Release release) {
    by_block[release.block].push_back(releases.size());
    releases.push_back(std::move(release));
  }
  void truncate(std::size_t count) {
    for (; releases.size() > count; releases.pop_back()) by_block[releases.back().block].pop_back();
  }
};

inline void add_view(std::vector<LogView>& views, const LogView& view) {
  for (LogView& known : views)
    if (known.log == view.log) {
      known.count = std::max(known.count, view.count);
      return;
    }
  views.push_back(view);
}

// Whether an access by another block precedes what the views show: a release of that block has published it,
// or one of a block that had acquired it.
inline bool precedes(std::int64_t block, int agent, std::uint32_t event, bool is_atomic,
                     const std::vector<LogView>& views, int depth = 0) {
  constexpr int kDeepest = 8;  // chains of blocks that hand data on by different words
  for (const LogView& view : views) {
    if (const auto found = view.log->by_block.find(block); found != view.log->by_block.end())
      for (const std::size_t index : found->second) {
        if (index >= view.count) break;
        const Release& release = view.log->releases[index];
        if (is_atomic && release.agent == agent && release.event >= event) return true;
        const auto* published = release.view ? release.view->published.get() : nullptr;
        const auto at = static_cast<std::size_t>(agent);
        if (published && at < published->size() && (*published)[at] >= event) return true;
      }
    if (depth == kDeepest) continue;
    for (std::size_t index = view.count; index-- > 0;) {
      const Release& release = view.log->releases[index];
      if (!release.view) continue;
      std::vector<LogView> others = release.view->acquired;
      std::erase_if(others, [&](const LogView& other) { return other.log == view.log; });
      if (!others.empty() && precedes(block, agent, event, is_atomic, others, depth + 1)) return true;
    }
  }
  return false;
}

}  // namespace warpgauge::simt::emulator
