// One block of a launch: its threads as fibers, and who runs next.
//
// A fiber runs until it meets others (a barrier, a shuffle, a matrix instruction) and is not the last to
// come; the last one does the meeting's work for all and goes on. So a block runs on one OS thread, without
// locks, and the same way for the same seed.
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

#include "kernels/simt/emulator/actors.h"
#include "kernels/simt/emulator/bank_conflicts.h"
#include "kernels/simt/emulator/fiber.h"
#include "kernels/simt/emulator/finding.h"
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

namespace warpgauge::simt::emulator {

inline constexpr int kLanes = 32;
inline constexpr int kMostThreads = 1024;
inline constexpr int kBarriers = 16;  // of a block; 0 is syncthreads

struct PendingCopy {
  char* target;
  const void* source;
  int bytes;
  int source_bytes;
  bool moved;  // its bytes are there already, though the thread may not rely on it
  int group;
  Site site;
};

struct DeviceThread {
  int index = 0;
  int warp = 0;
  int lane = 0;
  bool exited = false;
  Fiber fiber;
  ActorClock clock;
  const char* waits_at = nullptr;  // the primitive, while it waits
  Site wait_site;
  std::deque<PendingCopy> copies;  // in the order of issue
  int committed_groups = 0;
  std::deque<TensorStore> stores;  // of TMA, in the order of issue
  int committed_stores = 0;        // groups of them
  RegisterLog registers;
};

struct Warp {
  std::uint32_t ready = 0;    // lanes that can run
  std::uint32_t arrived = 0;  // lanes at the collective under way
  std::uint32_t exited = 0;
  const char* collective = nullptr;
  Site site;
  std::array<void*, kLanes> operands{};  // of the lanes that arrived
};

struct Barrier {
  int expected = 0;
  int arrived = 0;
  Site site;  // of the first to arrive
  ClockJoin clocks;
  std::vector<DeviceThread*> waiting;
};

// Where plain accesses are nobody's business: the running fiber's own stack; all of memory while the emulator
// works, where no kernel runs, or where none is checked. Every plain access of a kernel asks, hence no
// function around it.
inline constexpr StackRange kAllMemory{nullptr, ~std::size_t{0}};
extern constinit thread_local StackRange unwatched_memory;

class Block {
 public:
  explicit Block(const Plan& plan);

  // Runs block `linear_index` of the grid, x fastest. Throws DeviceError, and std::length_error past the
  // emulator's own limits.
  void run(std::int64_t linear_index);

  const Statistics& statistics() const { return banks_.statistics(); }

  // The block whose kernel runs on this OS thread, null if none, and its thread whose fiber runs.
  static Block* current();
  DeviceThread* running() { return running_; }

  const Plan& plan() const { return plan_; }
  int index(int axis) const { return index_[axis]; }

  // From here on plain accesses are the kernel's, of the running thread.
  void watch() {
    if (plan_.check_memory)
      unwatched_memory = running_->registers.watches() ? StackRange{} : running_->fiber.stack();
  }

  // Ends the block. The thread that found it is unwound to its beginning; those that wait are not, so that
  // nothing that owns memory may be on a stack while its thread waits. `describe` is called for the text that
  // follows the thread's number.
  template <class Describe>
  [[noreturn]] void fail(FindingKind kind, Describe describe) {
    record(kind, std::string(describe()));
    throw Failed{};
  }

  // Memory. `what` says what the primitive does: "reads", "copies to".
  void* carve(const char* name, std::size_t offset, std::size_t bytes, std::size_t alignment, Site site);
  void access(AccessKind kind, const void* address, std::size_t bytes, const char* what, Site site);
  void access_shared(AccessKind kind, const void* address, std::size_t bytes, const char* what, Site site);
  // The same, by the actor of `clock`.
  void access_shared_as(const ActorClock& clock, AccessKind kind, const void* address, std::size_t bytes,
                        const char* what, Site site);
  void access_global(AccessKind kind, const void* address, std::size_t bytes, const char* what, Site site);
  // `bytes` is a power of two.
  void check_alignment(const void* address, std::size_t bytes, const char* what, Site site);

  // Meetings.
  void arrive_at_barrier(int id, int threads, bool wait, const char* what, Site site);
  template <class Operation>
  void meet_warp(const char* what, void* operands, Site site, Operation operation) {
    Warp* warp = arrive_in_warp(what, operands, site);
    if (!warp) return;
    operation(*warp);
    release_warp(*warp);
  }
  DeviceThread* lanes(const Warp& warp) {
    return &threads_[static_cast<std::size_t>(&warp - warps_.data()) * kLanes];
  }

  // The running thread's own stack, which holds the registers that wgmma uses.
  void access_register(AccessKind kind, const void* address, std::size_t bytes, const char* what, Site site);

  // Asynchronous copies of the running thread.
  void begin_copy(void* target, const void* source, int bytes, int source_bytes, Site site);
  void land_copies(int groups_left);

  // mbarriers; a place that holds none is a finding.
  void init_mbarrier(void* address, int count, Site site);
  void invalidate_mbarrier(void* address, Site site);
  void fence_mbarriers();
  void arrive_at_mbarrier(void* address, std::int64_t bytes, Site site);
  void wait_at_mbarrier(void* address, int parity, Site site);

  // TMA, begun by the running thread.
  void begin_load(void* shared, const TensorMap& map, void* barrier, const int* at, int rank, Site site);
  void begin_store(const TensorMap& map, const int* at, int rank, const void* shared, Site site);
  void finish_stores(int groups_left);

  // wgmma and what else the warps of a warpgroup do alike, done by one lane for its warp.
  void step_in_warpgroup(const char* what, std::array<const void*, 2> operands, Site site);
  void set_max_registers(int count, bool increase, Site site);
  void begin_wgmma(const Warp& warp, bool is_f16, Site site);
  void commit_wgmmas();
  void wait_for_wgmmas(int groups_left, Site site);  // every lane for itself

 private:
  void record(FindingKind kind, const std::string& what);
  struct Failed {};
  [[noreturn]] void leave();
  static void enter();
  void reset(std::int64_t linear_index);
  void finish_thread();
  DeviceThread* choose();
  DeviceThread& next();
  void check_exit(const DeviceThread& thread, const Warp& warp);
  void resume(DeviceThread& next);
  void wait(const char* what, Site site);
  void make_ready(DeviceThread& thread);
  Warp* arrive_in_warp(const char* what, void* operands, Site site);
  void release_warp(Warp& warp);
  [[noreturn]] void fail_stuck();
  std::string who_waits_where() const;
  bool has_diverged() const;
  std::string conflict_text(const Conflict& conflict);

  // Whether an asynchronous operation that begins now moves its bytes at once.
  bool moves_at_once();
  // What the threads know now, as the knowledge of an actor that they set to work.
  static ActorClock clock_behind(int actor, std::uint32_t event, std::span<const DeviceThread> threads);
  Mbarrier& find_mbarrier(const void* address, const char* what, Site site);
  // The same, for one who uses it.
  Mbarrier& mbarrier_at(const void* address, const char* what, Site site);
  void complete_if_due(Mbarrier& barrier);
  void check_mbarriers_spared(AccessKind kind, std::size_t offset, std::size_t bytes, const char* what,
                              Site site);
  std::string mbarriers_waited_for() const;
  TensorBox tensor_box(const TensorMap& map, const int* at, int rank, const void* shared,
                       AccessKind global_access, const char* what, Site site);
  void land_load(std::size_t index);
  void check_register_fence(const DeviceThread& thread, const void* registers, std::size_t bytes, Site site);
  void return_registers(int warp, int finished);
  Accumulators& accumulators_of(const Warp& warp, Site site);
  void check_shared_operand(const SharedOperand& matrix, int first, int rows, const ActorClock& clock,
                            Site site);

  const Plan& plan_;
  Actors actors_;
  SharedArena arena_;
  SiteTable sites_;
  ShadowMemory shadow_;
  BankConflicts banks_;
  FiberStacks stacks_;
  std::vector<DeviceThread> threads_;
  std::vector<Warp> warps_;
  std::vector<int> registers_of_warp_;  // as setmaxnreg left them
  std::vector<WgmmaQueue> wgmmas_;      // of each warp
  std::vector<Warpgroup> warpgroups_;
  std::vector<std::vector<DeviceThread*>> wgmma_waiters_;  // of each warpgroup
  std::array<Barrier, kBarriers> barriers_;
  Mbarriers mbarriers_;
  int mbarriers_made_ = 0;
  std::vector<TensorLoad> loads_;  // of TMA, in flight
  std::uint32_t ready_warps_ = 0;
  int alive_ = 0;
  int index_[3] = {};
  std::minstd_rand random_;
  Fiber scheduler_;  // the OS thread's own stack
  DeviceThread* running_ = nullptr;
  std::size_t last_range_ = 0;  // of plan_.memory, found last
  std::optional<DeviceError> error_;
  std::exception_ptr broken_by_;  // what else ended the kernel
};

// One call of the emulator by a kernel. What the emulator itself reads and writes meanwhile is not the
// kernel's: the linker may have given it instrumented copies of the standard library's templates.
class Call {
 public:
  Call() : block_(*Block::current()) { unwatched_memory = kAllMemory; }
  ~Call() { block_.watch(); }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Block* operator->() { return &block_; }

 private:
  Block& block_;
};

}  // namespace warpgauge::simt::emulator
