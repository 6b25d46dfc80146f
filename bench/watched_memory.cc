#include "bench/watched_memory.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <new>
#include <stdexcept>

#include "base/number_format.h"

namespace warpgauge::bench {
namespace {

// A region that is watched. The handler runs on any thread, and must not allocate or lock.
struct Slot {
  std::atomic<char*> begin{nullptr};
  std::atomic<char*> end{nullptr};
  std::atomic<char*> written{nullptr};  // the first address
};
std::array<Slot, 16> slots;
struct sigaction before;

// Records a write to a watched region and allows it; the instruction is then executed again. Any other fault
// goes to the action that was there before.
void handle(int signal, siginfo_t* info, void* context) {
  char* const address = static_cast<char*>(info->si_addr);
  for (Slot& slot : slots) {
    char* const begin = slot.begin.load();
    if (!begin || address < begin || address >= slot.end.load()) continue;
    char* expected = nullptr;
    slot.written.compare_exchange_strong(expected, address);
    mprotect(begin, static_cast<std::size_t>(slot.end.load() - begin), PROT_READ | PROT_WRITE);
    return;
  }
  if ((before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction)
    return before.sa_sigaction(signal, info, context);
  sigaction(signal, &before, nullptr);  // the fault recurs
}

void install_handler() {
  static const bool installed [[maybe_unused]] = [] {
    struct sigaction action {};
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGSEGV, &action, &before) == 0;
  }();
}

std::size_t free_slot() {
  for (std::size_t n = 0; n < slots.size(); ++n)
    if (!slots[n].begin.load()) return n;
  throw std::logic_error("too many watched regions");
}

}  // namespace

WatchedMemory::WatchedMemory(std::size_t bytes, bool may_be_written)
    : bytes_(bytes), may_be_written_(may_be_written), slot_(free_slot()) {
  constexpr std::size_t kAlignment = 256;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t aligned = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  const std::size_t inner = (aligned + page - 1) / page * page;
  region_bytes_ = inner + 2 * page;
  void* const memory =
      mmap(nullptr, region_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  region_ = static_cast<char*>(memory);
  data_ = region_ + page + inner - aligned;
  slots[slot_].end = region_ + region_bytes_;
  slots[slot_].begin = region_;
}

WatchedMemory::~WatchedMemory() {
  slots[slot_].begin = nullptr;
  slots[slot_].written = nullptr;
  munmap(region_, region_bytes_);
}

void WatchedMemory::watch() {
  install_handler();
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  mprotect(region_, region_bytes_, PROT_READ);
  if (may_be_written_) mprotect(region_ + page, region_bytes_ - 2 * page, PROT_READ | PROT_WRITE);
}

std::string WatchedMemory::violation() const {
  const char* const address = slots[slot_].written.load();
  if (!address) return {};
  const auto offset = address - data_;
  if (offset < 0) return fmt::format("{} before its begin", format_count(-offset, "bytes"));
  if (offset >= static_cast<std::ptrdiff_t>(bytes_))
    return fmt::format("{} behind its end",
                       format_count(offset - static_cast<std::ptrdiff_t>(bytes_), "bytes"));
  return fmt::format("byte {}", offset);
}

}  // namespace warpgauge::bench
