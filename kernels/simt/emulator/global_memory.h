// Global memory that a launch may write: the last write of each word, and the order in which blocks take
// turns.
//
// A block that writes to global memory, or reads memory that blocks write, waits until all earlier blocks of
// the drawn order have ended. Values of atomics and findings are therefore the same for any number of OS
// threads.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "kernels/simt/emulator/device_order.h"
#include "kernels/simt/emulator/plan.h"
#include "kernels/simt/emulator/shadow_memory.h"
#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

// The last write of a word: by whom, where, and which of its bytes.
struct GlobalWrite {
  std::int64_t block_plus_one = 0;  // 0: not written in this launch
  Site site;
  std::uint32_t event = 0;
  std::uint16_t agent = 0;
  std::uint8_t bytes = 0;  // mask
  bool is_atomic = false;

  std::int64_t block() const { return block_plus_one - 1; }
};

// What a block has written, and how to undo it: a block may run again.
class WriteJournal {
 public:
  void add_bytes(const void* address, std::size_t bytes);  // before they are written
  void add_word(GlobalWrite& word) { words_.push_back({&word, word}); }
  void add_log(SyncLog& log) { logs_.push_back({&log, log.releases.size()}); }

  [[nodiscard]] std::uint64_t hash_of_contents() const;  // of all bytes that were written
  void undo();

 private:
  struct Bytes {
    char* address;
    std::vector<char> before;
  };
  struct Word {
    GlobalWrite* word;
    GlobalWrite before;
  };
  struct Log {
    SyncLog* log;
    std::size_t count;
  };
  std::vector<Bytes> bytes_;
  std::vector<Word> words_;
  std::vector<Log> logs_;
};

class GlobalMemory {
 public:
  explicit GlobalMemory(const Plan& plan);

  // The block at `position` of the order waits for its turn, or ends it.
  void wait_for_turn(std::int64_t position);
  void end_turn(std::int64_t position);

  // Checks an access of the range `range` of the plan by the block that has the turn, and records it if it
  // writes. Returns the earlier write that is not ordered before it.
  std::optional<GlobalWrite> access(AccessKind kind, std::size_t range, const void* address,
                                    std::size_t bytes, std::int64_t block, AgentClock& clock, Site site,
                                    WriteJournal& journal);

 private:
  using Words = std::unique_ptr<GlobalWrite[], void (*)(void*)>;

  void update(const void* address, std::int64_t block, AgentClock& clock, WriteJournal& journal);

  const Plan& plan_;
  std::vector<Words> words_;                                        // of each range; null if it is read-only
  std::unordered_map<const void*, std::shared_ptr<SyncLog>> logs_;  // by address
  std::mutex mutex_;
  std::condition_variable turn_changed_;
  std::int64_t turn_ = 0;
  std::set<std::int64_t> ended_;  // positions after the turn
};

}  // namespace warpgauge::simt::emulator
