// What the program is busy with, told on stderr when a signal ends it: a kernel that crashes takes the
// program along, and without a note nobody would know which, on what.
//
//   install_crash_notes("fuzz");
//   ...
//   CrashNote note("cpu/mine, on\n  replay:   fuzz --replay '...'");
//   mine.launch(...);        // fuzz: SIGSEGV in cpu/mine, on
//                            //   replay:   fuzz --replay '...'
#pragma once

#include <cstddef>
#include <string_view>

namespace warpgauge {

// Holds while it lives; of several the newest is told. They are made and end on one thread, last in, first
// out; the signal may strike on any.
class CrashNote {
 public:
  explicit CrashNote(std::string_view text);  // its first kLongest characters
  ~CrashNote();
  CrashNote(const CrashNote&) = delete;
  CrashNote& operator=(const CrashNote&) = delete;

  const char* text() const { return text_; }

 private:
  static constexpr std::size_t kLongest = 1023;
  const CrashNote* outer_;
  char text_[kLongest + 1];
};

// From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and SIGTERM write "PROGRAM: SIGNAL in NOTE" before
// they do what they did until now: end the process, or whatever a sanitizer's handler makes of them. The
// overflow of the calling thread's stack is told too. `program` must outlive the process's last note; a
// second call changes nothing.
void install_crash_notes(const char* program);

}  // namespace warpgauge
