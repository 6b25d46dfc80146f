// Runs one block of a launch: its threads as fibers, and the scheduler that switches between them.
//
// A fiber runs until it waits at a collective (a barrier, a shuffle, a matrix instruction). The last thread
// to arrive performs the collective for all and continues. A block therefore runs on one OS thread, without
// locks, and deterministically for a given seed.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "kernels/simt/emulator/agents.h"
#include "kernels/simt/emulator/bank_conflicts.h"
#include "kernels/simt/emulator/behaviour.h"
#include "kernels/simt/emulator/fiber.h"
#include "kernels/simt/emulator/finding.h"
#include "kernels/simt/emulator/global_memory.h"
#include "kernels/simt/emulator/mbarrier.h"
#include "kernels/simt/emulator/plan.h"
#include "kernels/simt/emulator/registers.h"
#include "kernels/simt/emulator/shadow_memory.h"
#include "kernels/simt/emulator/shared_arena.h"
#include "kernels/simt/emulator/site_table.h"
#include "kernels/simt/emulator/tensor_box.h"
#include "kernels/simt/emulator/vector_clock.h"
#include "kernels/simt/emulator/warpgroup.h"
#include "kernels/simt/emulator/wgmma.h"
#include "kernels/simt/warp_size.h"

namespace warpgauge::simt::emulator {

inline constexpr int kBarriers = 16;  // per block (PTX ISA, bar); 0 is syncthreads

struct PendingCopy {
  char* target;
  const void* source;
  int bytes;
  int source_bytes;
  bool copied;  // completed eagerly; still in flight for the race detector
  int group;
  Site site;
};

struct DeviceThread {
  int index = 0;
  int warp = 0;
  int lane = 0;
  bool exited = false;
  Fiber fiber;
  AgentClock clock;
  const char* waits_at = nullptr;  // the primitive at which it waits; null: it can run
  Site wait_site;
  std::deque<PendingCopy> copies;  // cp.async, in the order of issue
  int committed_groups = 0;        // of copies
  std::deque<TensorStore> stores;  // TMA, in the order of issue
  int committed_store_groups = 0;
  RegisterLog registers;
};

struct Warp {
  std::uint32_t ready = 0;    // mask of lanes that can run
  std::uint32_t arrived = 0;  // mask of lanes at the current collective
  std::uint32_t exited = 0;   // mask
  const char* collective = nullptr;
  Site site;
  std::array<void*, kWarpSize> operands{};  // of the lanes that have arrived
};

struct Barrier {
  int expected = 0;
  int arrived = 0;
  Site site;  // of the first thread to arrive
  ClockJoin clocks;
  std::vector<DeviceThread*> waiting;
};

// A read of shared memory that no thread has written, in the words of a report. It is a finding if the value
// matters.
struct UninitialisedRead {
  int thread;
  std::string what;  // "reads 4 bytes at byte 0 of ..."
  Site site;

  // For a report. Not stored: the look-up of a source line takes long.
  std::string text() const { return what + "\n    at " + describe(site) + "\n  no thread has written it"; }
};

// Plain accesses in this range are not checked. It is the running fiber's stack while kernel code runs with
// checks enabled, otherwise all memory. A variable instead of a function, because every plain access reads
// it.
inline constexpr StackRange kAllMemory{nullptr, ~std::size_t{0}};
extern constinit thread_local StackRange unchecked_range;

class Block {
 public:
  Block(const Plan& plan, GlobalMemory& global);

  // Runs block `linear_index` of the grid, x fastest, the one at `position` of the launch's order. Throws
  // DeviceError on a finding, and std::length_error if the kernel exceeds a limit of the emulator.
  void run(std::int64_t linear_index, std::int64_t position);

  const Statistics& statistics() const { return banks_.statistics(); }

  // The block that runs on this OS thread (null if none), and its running thread.
  static Block* current();
  DeviceThread* running() { return running_; }

  const Plan& plan() const { return plan_; }
  int index(int axis) const { return index_[axis]; }

  // From here on plain accesses are those of the running thread's kernel code.
  void check_plain_accesses() {
    if (plan_.check_memory)
      unchecked_range = running_->registers.is_tracking() ? StackRange{} : running_->fiber.stack();
  }

  // Ends the block with a finding. Unwinds the stack of the running thread only. Waiting threads are not
  // unwound, so no object on their stacks may own memory. `describe` returns the text after the thread's
  // number.
  template <class Describe>
  [[noreturn]] void fail(FindingKind kind, Describe describe) {
    record(kind, std::string(describe()));
    throw Failed{};
  }

  // Memory accesses. `what` is the verb for reports: "reads", "(cp.async) writes".
  void* allocate_shared(const char* name, std::size_t offset, std::size_t bytes, std::size_t alignment,
                        Site site);
  void access(AccessKind kind, const void* address, std::size_t bytes, const char* what, Site site);
  void access_shared(AccessKind kind, const void* address, std::size_t bytes, const char* what, Site site);
  // An access by the agent of `clock`.
  void access_shared_as(const AgentClock& clock, AccessKind kind, const void* address, std::size_t bytes,
                        const char* what, Site site);
  void access_global(AccessKind kind, const void* address, std::size_t bytes, const char* what, Site site);
  // `bytes` is a power of two.
  void check_alignment(const void* address, std::size_t bytes, const char* what, Site site);

  // Collectives. The last lane to arrive calls `operation` for the warp.
  // Barrier 0 also counts exited threads as arrived.
  void arrive_at_barrier(int id, int threads, bool wait, const char* what, Site site);
  template <class Operation>
  void collective(const char* what, void* operands, Site site, Operation operation) {
    Warp* warp = arrive_at_collective(what, operands, site);
    if (!warp) return;
    operation(*warp);
    release_collective(*warp);
  }
  DeviceThread* lanes(const Warp& warp) {
    return &threads_[static_cast<std::size_t>(&warp - warps_.data()) * kWarpSize];
  }

  // An access of the running thread's stack, which holds the registers of wgmma.
  void access_register(AccessKind kind, const void* address, std::size_t bytes, const char* what, Site site);

  // cp.async of the running thread.
  void issue_copy(void* target, const void* source, int bytes, int source_bytes, Site site);
  void complete_copies(int groups_left);

  // mbarriers. An address without an initialised mbarrier is a finding.
  void init_mbarrier(void* address, int count, Site site);
  void invalidate_mbarrier(void* address, Site site);
  void fence_mbarriers();
  void arrive_at_mbarrier(void* address, std::int64_t bytes, Site site);
  void wait_at_mbarrier(void* address, int parity, Site site);

  // TMA operations of the running thread.
  void issue_load(void* shared, const TensorMap& map, void* barrier, const int* at, int rank, Site site);
  void issue_store(const TensorMap& map, const int* at, int rank, const void* shared, Site site);
  void finish_stores(int groups_left);

  // wgmma and other instructions that all warps of a warpgroup must execute. One lane calls them for its
  // warp.
  void check_warpgroup_step(const char* what, std::array<const void*, 2> operands, Site site);
  void set_max_registers(int count, bool increase, Site site);
  void issue_wgmma(const Warp& warp, bool is_f16, Site site);
  void commit_wgmmas();
  void wait_for_wgmmas(int groups_left, Site site);  // called by every lane

 private:
  void record(FindingKind kind, const std::string& what);
  DeviceError error_of(FindingKind kind, int thread, const std::string& what) const;
  void execute(std::int64_t linear_index, Contents contents);
  void check_uninitialised_read(std::int64_t linear_index);
  struct Failed {};
  [[noreturn]] void leave_block();
  static void enter();
  void reset(std::int64_t linear_index, Contents contents);
  void exit_thread();
  DeviceThread* choose();
  DeviceThread& next();
  void check_exit(const DeviceThread& thread, const Warp& warp);
  void resume(DeviceThread& next);
  void wait(const char* what, Site site);
  void make_ready(DeviceThread& thread);
  void complete_barrier_if_ready(int id);
  Warp* arrive_at_collective(const char* what, void* operands, Site site);
  void release_collective(Warp& warp);
  [[noreturn]] void fail_deadlock();
  std::string describe_waits() const;
  bool has_diverged() const;
  std::string conflict_text(const Conflict& conflict);

  // Whether an asynchronous operation that is issued now completes at once.
  bool completes_eagerly();
  // The clock of an asynchronous operation that these threads issue: ordered after all of them.
  static AgentClock async_clock(int agent, std::uint32_t event, std::span<const DeviceThread> threads);
  Mbarrier& find_mbarrier(const void* address, const char* what, Site site);
  // Finds the mbarrier and records an access of it.
  Mbarrier& use_mbarrier(const void* address, const char* what, Site site);
  void complete_phase_if_ready(Mbarrier& barrier);
  void check_mbarrier_overwrite(AccessKind kind, std::size_t offset, std::size_t bytes, const char* what,
                                Site site);
  std::string describe_mbarrier_waits() const;
  TensorBox tensor_box(const TensorMap& map, const int* at, int rank, const void* shared,
                       AccessKind global_access, Site site);
  void complete_load(std::size_t index);
  void check_register_fence(const DeviceThread& thread, const void* registers, std::size_t bytes, Site site);
  void retire_wgmmas(int warp, int finished);
  Accumulators& accumulators_of(const Warp& warp, Site site);
  void check_shared_operand(const SharedOperand& matrix, int first, int rows, const AgentClock& clock,
                            Site site);

  void order_global_access(AccessKind kind, const void* address, std::size_t bytes, const char* what,
                           Site site);
  std::string block_name(std::int64_t linear_index) const;  // "(0, 3, 1)"

  const Plan& plan_;
  GlobalMemory& global_;
  Agents agents_;
  SharedArena arena_;
  SiteTable sites_;
  ShadowMemory shadow_;
  BankConflicts banks_;
  FiberStacks stacks_;
  std::vector<DeviceThread> threads_;
  std::vector<Warp> warps_;
  std::vector<int> registers_of_warp_;  // per thread, set by setmaxnreg
  std::vector<WgmmaQueue> wgmmas_;      // of each warp
  std::vector<Warpgroup> warpgroups_;
  std::vector<std::vector<DeviceThread*>> wgmma_waiters_;  // of each warpgroup
  std::array<Barrier, kBarriers> barriers_;
  Mbarriers mbarriers_;
  int mbarriers_initialised_ = 0;
  std::vector<TensorLoad> loads_;  // of TMA, in flight
  std::uint32_t ready_warps_ = 0;
  int running_threads_ = 0;
  int index_[3] = {};
  std::int64_t linear_index_ = 0;
  std::int64_t position_ = 0;  // in the order of the launch
  bool has_turn_ = false;      // all blocks before it have ended
  std::minstd_rand random_;
  Fiber scheduler_;  // the OS thread's own stack
  DeviceThread* running_ = nullptr;
  std::size_t last_range_ = 0;  // index into plan_.memory of the range that was found last
  WriteJournal journal_;
  Behaviour behaviour_;
  std::optional<UninitialisedRead> uninitialised_;  // the first one
  std::optional<DeviceError> error_;
  std::exception_ptr exception_;  // other than a finding
};

// Scope of a kernel's call into the emulator. Disables the checks of plain accesses: the linker may have
// given the emulator instrumented copies of the standard library's templates.
class Call {
 public:
  Call() : block_(*Block::current()) { unchecked_range = kAllMemory; }
  ~Call() { block_.check_plain_accesses(); }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Block* operator->() { return &block_; }

 private:
  Block& block_;
};

}  // namespace warpgauge::simt::emulator
