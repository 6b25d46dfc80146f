#include "bench/checked_store.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "base/hash.h"

namespace warpgauge::bench {
namespace {

namespace fs = std::filesystem;

class CheckedStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() / ("warpgauge_checked_" + std::to_string(::getpid()));
  }
  void TearDown() override { fs::remove_all(directory_); }
  fs::path file() const { return fs::directory_iterator(directory_)->path(); }

  fs::path directory_;
};

constexpr std::uint64_t kHash = 0xfedcba9876543210u;
const CheckedCase kChecked{.output_hash = kHash,
                           .accuracy = {.max_abs_err = 1e-6,
                                        .mean_abs_err = 1e-8,
                                        .correlation = std::nan(""),
                                        .err_over_bound = 0.25,
                                        .rows = 12}};

TEST_F(CheckedStoreTest, RemembersAcrossProcesses) {
  CheckedStore store(directory_, 1, 1, 1);
  store.remember("cpu/blas/f32/...", kChecked);
  EXPECT_EQ(store.save(), "");
  const auto found = CheckedStore(directory_, 1, 1, 1).find("cpu/blas/f32/...");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->output_hash, kHash);
  EXPECT_EQ(found->accuracy.max_abs_err, 1e-6);
  EXPECT_EQ(found->accuracy.err_over_bound, 0.25);
  EXPECT_TRUE(std::isnan(found->accuracy.correlation));  // constant outputs have none
  EXPECT_EQ(found->accuracy.rows, 12);
}

TEST_F(CheckedStoreTest, AnotherBinaryOtherInputsOrThreadsKnowNothing) {
  CheckedStore store(directory_, 1, 1, 1);
  store.remember("case", kChecked);
  EXPECT_EQ(store.save(), "");
  EXPECT_FALSE(CheckedStore(directory_, 2, 1, 1).find("case"));
  EXPECT_FALSE(CheckedStore(directory_, 1, 2, 1).find("case"));
  EXPECT_FALSE(CheckedStore(directory_, 1, 1, 2).find("case"));
  EXPECT_FALSE(CheckedStore(directory_, 1, 1, 1).find("other case"));
}

TEST_F(CheckedStoreTest, ADamagedFileIsAsIfNothingHadBeenChecked) {
  CheckedStore store(directory_, 1, 1, 1);
  store.remember("case", kChecked);
  EXPECT_EQ(store.save(), "");
  const fs::path path = file();
  for (const char* text :
       {"", "{", "[]", "{\"schema\": \"warpgauge/checked/1\"}",
        "{\"schema\": \"warpgauge/checked/1\", \"cases\": {\"case\": {\"output\": 5}}}",
        "{\"schema\": \"other\", \"cases\": {\"case\": {\"output\": \"1\", \"rows\": 1}}}"}) {
    std::ofstream(path) << text;
    EXPECT_FALSE(CheckedStore(directory_, 1, 1, 1).find("case")) << text;
  }
}

TEST_F(CheckedStoreTest, FilesNotUsedForAMonthGo) {
  fs::create_directories(directory_);
  std::ofstream(directory_ / "old.json") << "{}";
  std::ofstream(directory_ / "recent.json") << "{}";
  fs::last_write_time(directory_ / "old.json",
                      fs::file_time_type::clock::now() - std::chrono::hours(24 * 31));
  CheckedStore store(directory_, 1, 1, 1);
  store.remember("case", kChecked);
  EXPECT_EQ(store.save(), "");
  EXPECT_FALSE(fs::exists(directory_ / "old.json"));
  EXPECT_TRUE(fs::exists(directory_ / "recent.json"));
}

TEST_F(CheckedStoreTest, AFolderThatCannotBeMadeIsToldNotThrown) {
  std::ofstream(directory_.string()) << "a file";
  CheckedStore store(directory_, 1, 1, 1);
  store.remember("case", kChecked);
  EXPECT_NE(store.save(), "");
}

TEST_F(CheckedStoreTest, TheRunningProgramHasAHashOfItsFileAndItsSurroundings) {
  EXPECT_NE(running_program_hash(""), hash_bytes(""));
  EXPECT_EQ(running_program_hash("OpenBLAS 1"), running_program_hash("OpenBLAS 1"));
  EXPECT_NE(running_program_hash("OpenBLAS 1"), running_program_hash("OpenBLAS 2"));
}

}  // namespace
}  // namespace warpgauge::bench
