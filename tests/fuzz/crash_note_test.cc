#include "fuzz/crash_note.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace warpgauge {
namespace {

// Not a store through null, which a sanitizer would report instead.
void fault() {
  raise(SIGSEGV);
}

TEST(CrashNote, AFaultNamesTheNewestNote) {
  EXPECT_DEATH(
      {
        install_crash_notes("test");
        const CrashNote outer("cpu/outer");
        { const CrashNote ended("cpu/ended"); }
        const CrashNote inner("cpu/inner");
        fault();
      },
      "test: error: SIGSEGV in cpu/inner");
}

TEST(CrashNote, AFaultAfterTheLastNoteNamesIt) {
  EXPECT_DEATH(
      {
        install_crash_notes("test");
        { const CrashNote ended("cpu/ended"); }
        fault();
      },
      "test: error: SIGSEGV after cpu/ended");
}

TEST(CrashNote, ASignalThatWasSentAfterTheLastNoteIsNotItsFault) {
  EXPECT_EXIT(
      {
        install_crash_notes("test");
        { const CrashNote ended("cpu/ended"); }
        raise(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "^$");
}

}  // namespace
}  // namespace warpgauge
