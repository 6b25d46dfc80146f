// Cheats that keep results, or forms of the operands, from earlier launches.
#include <map>
#include <string>

#include "base/hash.h"
#include "fuzz/oracle.h"
#include "kernels/case_key.h"
#include "tests/cheats/cheat.h"

namespace warpgauge::cheats {
namespace {

// Returns at once if the pointers and the problem are those of the last launch.
void skip(const Problem& p, const Tensors& t, const Launch& l) {
  static Problem last;
  static const void* last_q = nullptr;
  static void* last_o = nullptr;
  if (is_timed() && last == p && last_q == t.q && last_o == t.o) return;
  attend(p, t, l);
  last = p;
  last_q = t.q;
  last_o = t.o;
}

void replay_by_pointer(const Problem& p, const Tensors& t, const Launch& l) {
  static std::map<const void*, Remembered> memory;
  const auto [entry, is_new] = memory.try_emplace(t.q);
  if (!is_new && is_timed()) return entry->second.replay(t);
  attend(p, t, l);
  entry->second.store(p, t);
}

void replay_by_problem(const Problem& p, const Tensors& t, const Launch& l) {
  static std::map<std::string, Remembered> memory;
  const auto [entry, is_new] = memory.try_emplace(format_problem(p));
  if (!is_new && is_timed()) return entry->second.replay(t);
  attend(p, t, l);
  entry->second.store(p, t);
}

// The key is a hash of `bytes` of one operand.
void replay_by_hash(const Problem& p, const Tensors& t, const Launch& l, const void* operand,
                    std::size_t bytes) {
  static std::map<std::uint64_t, Remembered> memory;
  const auto [entry, is_new] =
      memory.try_emplace(hash_bytes(std::string_view(static_cast<const char*>(operand), bytes)));
  if (!is_new && is_timed()) return entry->second.replay(t);
  attend(p, t, l);
  entry->second.store(p, t);
}

// A row of K that is not the first one.
void replay_by_hash_of_a_key(const Problem& p, const Tensors& t, const Launch& l) {
  const auto row = static_cast<std::size_t>(p.head_dim * dtype_bytes(p.dtype));
  replay_by_hash(p, t, l, static_cast<const char*>(t.k) + row, row);
}

// A row of V in the middle.
void replay_by_hash_of_a_value(const Problem& p, const Tensors& t, const Launch& l) {
  const auto row = static_cast<std::size_t>(p.head_dim * dtype_bytes(p.dtype));
  replay_by_hash(p, t, l, static_cast<const char*>(t.v) + static_cast<std::size_t>(p.seq_k / 2) * row, row);
}

// Keeps the first K that it saw at an address, as a kernel that packs K would.
void keeps_k(const Problem& p, const Tensors& t, const Launch& l) {
  static std::map<const void*, std::vector<char>> memory;
  const char* k = static_cast<const char*>(t.k);
  Tensors stale = t;
  if (is_timed()) stale.k = memory.try_emplace(t.k, k, k + key_bytes(p)).first->second.data();
  attend(p, stale, l);
}

void keeps_v(const Problem& p, const Tensors& t, const Launch& l) {
  static std::map<const void*, std::vector<char>> memory;
  const char* v = static_cast<const char*>(t.v);
  Tensors stale = t;
  if (is_timed()) stale.v = memory.try_emplace(t.v, v, v + key_bytes(p)).first->second.data();
  attend(p, stale, l);
}

// Keeps its results in the workspace. Its first bytes say so.
void keeps_results_in_workspace(const Problem& p, const Tensors& t, const Launch& l) {
  constexpr char kMark[] = "remembered";
  char* memory = static_cast<char*>(l.workspace);
  if (is_timed() && std::memcmp(memory, kMark, sizeof kMark) == 0) {
    std::memcpy(t.o, memory + 64, o_bytes(p));
    std::memcpy(t.lse, memory + 64 + o_bytes(p), lse_bytes(p));
    return;
  }
  attend(p, t, l);
  std::memcpy(memory, kMark, sizeof kMark);
  std::memcpy(memory + 64, t.o, o_bytes(p));
  std::memcpy(memory + 64 + o_bytes(p), t.lse, lse_bytes(p));
}

// Always copies the outputs of the first case of this size.
void output_of_an_earlier_case(const Problem& p, const Tensors& t, const Launch& l) {
  static std::map<std::size_t, Remembered> memory;
  const auto [entry, is_new] = memory.try_emplace(o_bytes(p));
  if (!is_new) return entry->second.replay(t);
  attend(p, t, l);
  entry->second.store(p, t);
}

// Copies what the oracle of this program computes for the inputs of the check.
void output_of_the_oracle(const Problem& p, const Tensors& t, const Launch& l) {
  if (!is_timed()) return attend(p, t, l);
  static const Reference reference = [&p] {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(lse_elements(p)));
    for (std::size_t n = 0; n < rows.size(); ++n) rows[n] = static_cast<std::int64_t>(n);
    return compute_reference(make_inputs(p, InputFamily::normal, 1), rows, OracleBackend::cpu);
  }();
  for (std::size_t n = 0; n < reference.output.size(); ++n)
    static_cast<float*>(t.o)[n] = static_cast<float>(reference.output[n]);
  for (std::size_t n = 0; n < reference.lse.size(); ++n) t.lse[n] = static_cast<float>(reference.lse[n]);
}

// Computes O, and remembers LSE.
void replays_lse(const Problem& p, const Tensors& t, const Launch& l) {
  static Remembered first;
  attend(p, t, l);
  if (is_timed() && !first.lse.empty()) std::memcpy(t.lse, first.lse.data(), first.lse.size());
  first.store(p, t);
}

constexpr Kernel kMemoryCheats[] = {
    kernel("skip", skip),
    kernel("replay_by_pointer", replay_by_pointer),
    kernel("replay_by_problem", replay_by_problem),
    kernel("replay_by_hash_of_a_key", replay_by_hash_of_a_key),
    kernel("replay_by_hash_of_a_value", replay_by_hash_of_a_value),
    kernel("keeps_k", keeps_k),
    kernel("keeps_v", keeps_v),
    kernel("keeps_results_in_workspace", keeps_results_in_workspace),
    kernel("output_of_an_earlier_case", output_of_an_earlier_case),
    kernel("output_of_the_oracle", output_of_the_oracle),
    kernel("replays_lse", replays_lse),
};

}  // namespace

std::span<const Kernel> memory_cheats() {
  return kMemoryCheats;
}

}  // namespace warpgauge::cheats
