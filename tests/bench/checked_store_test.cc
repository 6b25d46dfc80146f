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
  store.add("cpu/blas/f32/...", kChecked);
  EXPECT_EQ(store.save(), "");
  const auto found = CheckedStore(directory_, 1, 1, 1).find("cpu/blas/f32/...");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->output_hash, kHash);
  EXPECT_EQ(found->accuracy.max_abs_err, 1e-6);
  EXPECT_EQ(found->accuracy.err_over_bound, 0.25);
  EXPECT_TRUE(std::isnan(found->accuracy.correlation));  // undefined for constant outputs
  EXPECT_EQ(found->accuracy.rows, 12);
}

TEST_F(CheckedStoreTest, AnotherBinaryOtherInputsOrThreadsFindNothing) {
  CheckedStore store(directory_, 1, 1, 1);
  store.add("case", kChecked);
  EXPECT_EQ(store.save(), "");
  EXPECT_FALSE(CheckedStore(directory_, 2, 1, 1).find("case"));
  EXPECT_FALSE(CheckedStore(directory_, 1, 2, 1).find("case"));
  EXPECT_FALSE(CheckedStore(directory_, 1, 1, 2).find("case"));
  EXPECT_FALSE(CheckedStore(directory_, 1, 1, 1).find("other case"));
}

TEST_F(CheckedStoreTest, ADamagedFileCountsAsEmptyAndSaysWhere) {
  CheckedStore store(directory_, 1, 1, 1);
  store.add("case", kChecked);
  EXPECT_EQ(store.save(), "");
  const fs::path path = file();
  const std::string schema = R"({"schema": "warpgauge/checked/1", )";
  for (const auto& [text, place] : std::vector<std::pair<std::string, std::string>>{
           {"", ": is empty; "},
           {"{", ":1:2: "},
           {"[]", ": expected an object, found an array"},
           {R"({"cases": {}})", ": schema: is missing"},
           {R"({"schema": "other", "cases": {"case": {"output": "1", "rows": 1}}})", ": schema: "},
           {schema + R"("cases": 5})", ": cases: expected an object, found a number"},
           {schema + R"("cases": {"case": {"output": 5}}})", ": cases.case.output: expected a string"},
           {schema + R"("cases": {"case": {"output": "xyz"}}})", ": cases.case.output: expected 16 hex"},
           {schema + R"("cases": {"case": {"output": "1", "rows": 1.5}}})", ": cases.case.rows: "},
           {schema + R"("cases": {"case": {"output": "1", "rows": 1, "max_abs_err": null}}})",
            ": cases.case.max_abs_err: "},
           {schema + R"("cases": {"case": {"rows": 1}}})", ": cases.case.output: is missing"}}) {
    std::ofstream(path) << text;
    const CheckedStore damaged(directory_, 1, 1, 1);
    EXPECT_FALSE(damaged.find("case")) << text;
    EXPECT_THAT(damaged.damage(), testing::StartsWith(path.string() + ":")) << text;
    EXPECT_THAT(damaged.damage(), testing::HasSubstr(place)) << text;
  }
}

TEST_F(CheckedStoreTest, FilesNotUsedForAMonthAreRemoved) {
  fs::create_directories(directory_);
  const fs::path old = directory_ / "0123456789abcdef-1-2.json",
                 recent = directory_ / "0123456789abcdef-1-3.json";
  for (const fs::path& file : {old, recent}) std::ofstream(file) << "{}";
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(24 * 31));
  CheckedStore store(directory_, 1, 1, 1);
  store.add("case", kChecked);
  EXPECT_EQ(store.save(), "");
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(recent));
}

TEST_F(CheckedStoreTest, OtherFilesAreNeverRemoved) {
  const fs::path strangers = directory_.string() + "_stranger";
  fs::create_directories(strangers);
  fs::create_directory_symlink(strangers, directory_);
  const char* const names[] = {
      "thesis.txt",      "0123456789abcdef-1.json",   "0123456789abcdef-1-2.txt",
      "1-1-1.json",      "0123456789ABCDEF-1-2.json", "0123456789abcdef-1-2.json.bak",
      "0123456789abcdef"};
  const auto year_ago = fs::file_time_type::clock::now() - std::chrono::hours(24 * 365);
  for (const char* name : names) {
    std::ofstream(strangers / name) << "precious";
    fs::last_write_time(strangers / name, year_ago);
  }
  fs::create_directory(strangers / "0123456789abcdef-1-2.json");
  fs::create_symlink(strangers / "thesis.txt", strangers / "0123456789abcdef-1-3.json");
  CheckedStore store(directory_, 1, 1, 1);
  store.add("case", kChecked);
  EXPECT_EQ(store.save(), "");
  for (const char* name : names) EXPECT_TRUE(fs::exists(strangers / name)) << name;
  EXPECT_TRUE(fs::exists(strangers / "0123456789abcdef-1-2.json"));
  EXPECT_TRUE(fs::is_symlink(strangers / "0123456789abcdef-1-3.json"));
  fs::remove_all(strangers);
}

TEST_F(CheckedStoreTest, AFolderThatCannotBeCreatedIsReportedNotThrown) {
  std::ofstream(directory_.string()) << "a file";
  CheckedStore store(directory_, 1, 1, 1);
  store.add("case", kChecked);
  EXPECT_NE(store.save(), "");
}

TEST_F(CheckedStoreTest, TheHashOfTheProgramCoversItsFileAndItsSurroundings) {
  EXPECT_NE(running_program_hash(""), hash_bytes(""));
  EXPECT_EQ(running_program_hash("OpenBLAS 1"), running_program_hash("OpenBLAS 1"));
  EXPECT_NE(running_program_hash("OpenBLAS 1"), running_program_hash("OpenBLAS 2"));
}

}  // namespace
}  // namespace warpgauge::bench
