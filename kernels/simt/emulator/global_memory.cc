#include "kernels/simt/emulator/global_memory.h"

#include <algorithm>
#include <new>
#include <utility>

namespace warpgauge::simt::emulator {
namespace {

constexpr std::size_t kWordBytes = 4;

bool is_ordered(const GlobalWrite& write, std::int64_t block, const AgentClock& clock) {
  if (write.block() == block) return clock.ordered_after(write.agent, write.event);
  return clock.before.device &&
         precedes(write.block(), write.agent, write.event, write.is_atomic, clock.before.device->acquired);
}

}  // namespace

void WriteJournal::add_bytes(const void* address, std::size_t bytes) {
  char* const data = static_cast<char*>(const_cast<void*>(address));
  bytes_.push_back({data, std::vector<char>(data, data + bytes)});
}

std::uint64_t WriteJournal::hash_of_contents() const {
  std::uint64_t hash = 0;
  for (const Bytes& write : bytes_)
    for (std::size_t n = 0; n < write.before.size(); ++n)
      hash = (hash ^ static_cast<unsigned char>(write.address[n])) * 0x9fb21c651e98df25u + (hash >> 29);
  return hash;
}

void WriteJournal::undo() {
  for (auto write = bytes_.rbegin(); write != bytes_.rend(); ++write)
    std::copy(write->before.begin(), write->before.end(), write->address);
  for (auto word = words_.rbegin(); word != words_.rend(); ++word) *word->word = word->before;
  for (auto log = logs_.rbegin(); log != logs_.rend(); ++log) log->log->truncate(log->count);
  *this = {};
}

// calloc: the system zeroes pages on first use, and zero bytes are a word that was not written.
GlobalMemory::GlobalMemory(const Plan& plan) : plan_(plan) {
  for (const GlobalRange& range : plan.memory) {
    void* words = nullptr;
    if (range.writable && plan.check_memory) {
      // The range may begin and end within a word.
      words = std::calloc(range.bytes / kWordBytes + 2, sizeof(GlobalWrite));
      if (!words) throw std::bad_alloc();
    }
    words_.emplace_back(static_cast<GlobalWrite*>(words), std::free);
  }
}

void GlobalMemory::wait_for_turn(std::int64_t position) {
  std::unique_lock lock(mutex_);
  turn_changed_.wait(lock, [&] { return turn_ == position; });
}

void GlobalMemory::end_turn(std::int64_t position) {
  const std::lock_guard lock(mutex_);
  ended_.insert(position);
  while (!ended_.empty() && *ended_.begin() == turn_) {
    ended_.erase(ended_.begin());
    ++turn_;
  }
  turn_changed_.notify_all();
}

std::optional<GlobalWrite> GlobalMemory::access(AccessKind kind, std::size_t range, const void* address,
                                                std::size_t bytes, std::int64_t block, AgentClock& clock,
                                                Site site, WriteJournal& journal) {
  const bool writes = kind != AccessKind::read, is_atomic = kind == AccessKind::atomic;
  const auto first = reinterpret_cast<std::uintptr_t>(address), end = first + bytes;
  const std::uintptr_t base = reinterpret_cast<std::uintptr_t>(plan_.memory[range].data) / kWordBytes;
  if (is_atomic) update(address, block, clock, journal);
  for (std::uintptr_t word = first / kWordBytes; word * kWordBytes < end; ++word) {
    const std::uintptr_t begin = word * kWordBytes;
    std::uint8_t mask = 0;
    for (std::uintptr_t byte = std::max(begin, first); byte < std::min(begin + kWordBytes, end); ++byte)
      mask = static_cast<std::uint8_t>(mask | 1u << (byte - begin));
    GlobalWrite& last = words_[range][word - base];
    if (last.block_plus_one != 0 && (last.bytes & mask) != 0 && !(is_atomic && last.is_atomic) &&
        !is_ordered(last, block, clock))
      return last;
    if (!writes) continue;
    journal.add_word(last);
    const bool is_same =
        last.block_plus_one == block + 1 && last.agent == clock.agent && last.event == clock.now;
    last = {.block_plus_one = block + 1,
            .site = site,
            .event = clock.now,
            .agent = static_cast<std::uint16_t>(clock.agent),
            .bytes = static_cast<std::uint8_t>(is_same ? last.bytes | mask : mask),
            .is_atomic = is_atomic};
  }
  if (is_atomic) ++clock.now;  // what follows is not part of the release
  if (writes) journal.add_bytes(address, bytes);
  return std::nullopt;
}

// An atomic has an event of its own, so that it does not publish the thread's accesses since the fence.
void GlobalMemory::update(const void* address, std::int64_t block, AgentClock& clock, WriteJournal& journal) {
  ++clock.now;
  std::shared_ptr<SyncLog>& log = logs_[address];
  if (!log) log = std::make_shared<SyncLog>();
  journal.add_log(*log);
  log->push({block, clock.agent, clock.now, clock.before.device});
  auto view = clock.before.device ? std::make_shared<DeviceView>(*clock.before.device)
                                  : std::make_shared<DeviceView>();
  add_view(view->observed, {log, log->releases.size()});
  clock.before.device = std::move(view);
}

}  // namespace warpgauge::simt::emulator
