// Prints what the program was working on when a signal ends it. A crash of a kernel ends the whole program;
// the note names the kernel and its problem.
//
//   install_crash_notes("warpgauge-fuzz");
//   ...
//   CrashNote note("cpu/mine\n  reproducer: fuzz --replay '...'");
//   mine.launch(...);        // warpgauge-fuzz: error: SIGSEGV in cpu/mine
//                            //   reproducer: fuzz --replay '...'
#pragma once

#include <cstddef>
#include <string_view>

namespace warpgauge {

// Valid while it exists. If there are several, the newest is printed. All are made and destroyed on one
// thread, last in, first out; the signal may arrive on any thread.
class CrashNote {
 public:
  explicit CrashNote(std::string_view text);  // its first kLongest characters
  ~CrashNote();
  CrashNote(const CrashNote&) = delete;
  CrashNote& operator=(const CrashNote&) = delete;

  static constexpr std::size_t kLongest = 4095;

  [[nodiscard]] const char* text() const { return text_; }

 private:
  const CrashNote* outer_;
  char text_[kLongest + 1];
};

// From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and SIGTERM print "PROGRAM: error: SIGNAL in NOTE".
// Then the previous action follows: the end of the process, or a sanitizer's handler. An overflow of the
// calling thread's stack is reported too. A fault while there is no note prints "SIGNAL after NOTE", of the
// note that ended last: a thread of the kernel may still be running. exit() prints "PROGRAM: error: exit in
// NOTE" and becomes an exit with 1. `program` must outlive the last note. A second call has no effect.
void install_crash_notes(const char* program);

}  // namespace warpgauge
