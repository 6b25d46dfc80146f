// What is found out about a binary before it measures. The binaries are scripts.
#include "compare/ab/bench_binary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/scratch_directory.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ProbeBinary : public testing::Test {
 protected:
  BenchBinary probe(const std::string& script) {
    const std::string path = scratch_.path() + "/bench";
    std::ofstream(path) << "#!/bin/sh\n" << script;
    chmod(path.c_str(), 0755);
    return probe_binary(path, {"--mine"}, 60, never_);
  }
  std::string complaint(const std::string& script) {
    try {
      probe(script);
    } catch (const BinaryError& error) {
      return error.what();
    }
    return "accepted";
  }

  ScratchDirectory scratch_;
  const std::atomic<bool> never_{false};
};

TEST_F(ProbeBinary, NamesAreLinesWithoutTheirEnds) {
  EXPECT_THAT(probe("printf 'a/1\\r\\n\\nb c\\nlast\\n'").names, ElementsAre("a/1", "b c", "last"));
}

TEST_F(ProbeBinary, TheUsersArgumentsComeFirst) {
  EXPECT_THAT(probe("echo $1").names, ElementsAre("--mine"));
}

TEST_F(ProbeBinary, ABinaryThatFailsIsRejectedWithItsLastLine) {
  EXPECT_THAT(
      complaint("echo first >&2; echo 'unknown option' >&2; exit 3"),
      HasSubstr("--benchmark_list_tests=true: exit 3: unknown option; give a Google Benchmark binary"));
  EXPECT_THAT(complaint("exit 3"), HasSubstr("--benchmark_list_tests=true: exit 3; give a"));
  EXPECT_THAT(complaint("true"), HasSubstr("lists no case"));
}

TEST_F(ProbeBinary, AListThatWasCutOffIsRejected) {
  EXPECT_THAT(complaint("echo a/1; printf a/"),
              HasSubstr("the list ends within a line: a/; run it with this"));
  EXPECT_THAT(complaint("echo a/1; kill -KILL $$"), HasSubstr("killed by signal 9"));
  EXPECT_THAT(complaint("yes a/1"), HasSubstr("it wrote more than is accepted"));
}

// Google Benchmark before 1.6 rejects the flag. Other binaries ignore it, or list other cases with it.
TEST_F(ProbeBinary, InterleavingIsUsedIfTheFlagIsAccepted) {
  EXPECT_TRUE(probe("echo a").interleaves);
  EXPECT_FALSE(probe("case \"$*\" in *interleaving*) exit 1 ;; esac; echo a").interleaves);
  EXPECT_FALSE(probe("case \"$*\" in *interleaving*) ;; *) echo a ;; esac").interleaves);
  EXPECT_FALSE(probe("case \"$*\" in *interleaving*) echo b ;; *) echo a ;; esac").interleaves);
}

TEST_F(ProbeBinary, ATimeBudgetIsUsedIfTheHelpNamesTheFlagAndItIsAccepted) {
  const std::string help = "case \"$*\" in *--help*) echo 'takes --process-seconds=S' ;; ";
  EXPECT_TRUE(probe(help + "*) echo a ;; esac").takes_process_seconds);
  EXPECT_FALSE(probe(help + "*process-seconds*) exit 1 ;; *) echo a ;; esac").takes_process_seconds);
  EXPECT_FALSE(probe("echo a").takes_process_seconds) << "a binary that ignores unknown flags";
}

}  // namespace
}  // namespace warpgauge
