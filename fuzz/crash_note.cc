#include "fuzz/crash_note.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "fuzz/guarded_memory.h"

namespace warpgauge {
namespace {

struct Fatal {
  int signal;
  const char* name;
  struct sigaction before;  // the action that this module replaced
};

Fatal fatal_signals[] = {{SIGSEGV, "SIGSEGV", {}}, {SIGBUS, "SIGBUS", {}},   {SIGFPE, "SIGFPE", {}},
                         {SIGILL, "SIGILL", {}},   {SIGABRT, "SIGABRT", {}}, {SIGTERM, "SIGTERM", {}}};
const char* program_name = "";
std::atomic<const CrashNote*> newest{nullptr};
char latest_text[CrashNote::kLongest + 1];  // of the note that ended last

// Async-signal-safe (signal-safety(7)): no allocation, no lock, no stream.
void put(const char* text) {
  for (std::size_t left = std::strlen(text); left > 0;) {
    const ssize_t written = write(STDERR_FILENO, text, left);
    if (written <= 0) return;
    text += written;
    left -= static_cast<std::size_t>(written);
  }
}

void put_number(std::size_t number) {
  char digits[24];
  char* first = digits + sizeof digits - 1;
  *first = '\0';
  do {
    *--first = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  put(first);
}

// Names the tensor whose guard page was accessed.
void print_place(const void* address) {
  const GuardedPlace place = find_guarded(address);
  if (!place.tensor) return;
  put("\n");
  put(program_name);
  using Side = GuardedPlace::Side;
  put(": the access was ");
  put_number(place.bytes);
  put(place.side == Side::past_end       ? " bytes past the end of "
      : place.side == Side::before_start ? " bytes before the start of "
                                         : " bytes past the start, in a gap between rows, of ");
  put(place.tensor);
}

void print_note(const Fatal& fatal, const siginfo_t& info) {
  const CrashNote* note = newest.load();
  const bool is_fault = fatal.signal != SIGTERM && fatal.signal != SIGABRT;
  if (!note && !(is_fault && *latest_text)) return;
  if (fatal.signal == SIGSEGV) print_place(info.si_addr);
  const char* const place = note ? " in " : " after ";
  for (const char* part :
       {"\n", program_name, ": error: ", fatal.name, place, note ? note->text() : latest_text, "\n"})
    put(part);
}

// Prints before it restores the old action: another thread may crash meanwhile. A fault recurs when its
// instruction is executed again, with the address that a sanitizer reports. A signal that was sent (si_code
// <= 0) does not recur and is raised again.
void handle(int signal, siginfo_t* info, void*) {
  for (const Fatal& fatal : fatal_signals)
    if (fatal.signal == signal) {
      print_note(fatal, *info);
      sigaction(signal, &fatal.before, nullptr);
    }
  const bool was_sent = info->si_code <= 0;
  if (was_sent) raise(signal);
}

// A kernel that calls exit(0) in the middle of a launch must not look like a program that has finished.
void refuse_exit() {
  const CrashNote* note = newest.load();
  if (!note) return;
  for (const char* part : {"\n", program_name, ": error: exit in ", note->text(), "\n"}) put(part);
  _exit(EXIT_FAILURE);
}

// A handler cannot run on a stack that has overflowed. Sanitizers install an alternate stack themselves.
void provide_stack() {
  alignas(16) static char memory[64 * 1024];
  stack_t present{};
  if (sigaltstack(nullptr, &present) != 0 || !(present.ss_flags & SS_DISABLE)) return;
  const stack_t provided{.ss_sp = memory, .ss_flags = 0, .ss_size = sizeof memory};
  sigaltstack(&provided, nullptr);
}

}  // namespace

CrashNote::CrashNote(std::string_view text) : outer_(newest.load()) {
  const std::size_t length = std::min(text.size(), kLongest);
  std::copy_n(text.data(), length, text_);
  text_[length] = '\0';
  newest.store(this);
}

CrashNote::~CrashNote() {
  std::memcpy(latest_text, text_, std::strlen(text_) + 1);
  newest.store(outer_);
}

void install_crash_notes(const char* program) {
  static const bool installed [[maybe_unused]] = [program] {
    program_name = program;
    provide_stack();
    std::atexit(refuse_exit);
    struct sigaction action {};
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (Fatal& fatal : fatal_signals) sigaction(fatal.signal, &action, &fatal.before);
    return true;
  }();
}

}  // namespace warpgauge
