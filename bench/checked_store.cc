#include "bench/checked_store.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>
#include <limits>
#include <system_error>

#include "base/atomic_file.h"
#include "base/field_reader.h"
#include "base/hash.h"
#include "bench/json.h"

namespace warpgauge::bench {
namespace {

namespace fs = std::filesystem;

constexpr char kSchema[] = "warpgauge/checked/1";

Json to_json(const CheckedCase& checked) {
  Json json{{"output", hash_text(checked.output_hash)}, {"rows", checked.accuracy.rows}};
  put_number(json, "max_abs_err", checked.accuracy.max_abs_err);
  put_number(json, "mean_abs_err", checked.accuracy.mean_abs_err);
  put_number(json, "correlation", checked.accuracy.correlation);
  put_number(json, "err_over_bound", checked.accuracy.err_over_bound);
  return json;
}

constexpr Format kFormat = {.schema = kSchema,
                            .unknown_keys = UnknownKeys::ignored,
                            .hint = "delete it: every case is checked again"};

ReadValue hash(std::uint64_t& into) {
  return [&into](FieldReader& in) {
    std::string text;
    read::text(text)(in);
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, into, 16);
    if (error != std::errc{} || stop != end) in.fail("expected 16 hex digits, found " + printable(text));
  };
}

Field number(std::string_view key, double& into) {
  into = std::numeric_limits<double>::quiet_NaN();
  return {key, read::number(into, {.low = std::numeric_limits<double>::lowest()}), Presence::optional};
}

void read_case(FieldReader& in, CheckedCase& checked) {
  Accuracy& accuracy = checked.accuracy;
  in.object({{"output", hash(checked.output_hash)},
             {"rows", read::whole(accuracy.rows, std::int64_t{0}, kMostExact)},
             number("max_abs_err", accuracy.max_abs_err),
             number("mean_abs_err", accuracy.mean_abs_err),
             number("correlation", accuracy.correlation),
             number("err_over_bound", accuracy.err_over_bound)});
}

// Reads the format that save() writes. Throws Diagnostic.
std::map<std::string, CheckedCase> read_cases(std::string_view text, const std::string& file) {
  std::map<std::string, CheckedCase> cases;
  FieldReader in(text, file, kFormat);
  in.document({{"cases", [&](FieldReader& at) {
                  at.members([&](std::string_view name) { read_case(at, cases[std::string(name)]); });
                }}});
  return cases;
}

// HASH-SEED-THREADS.json: the name that the constructor gives.
bool is_of_a_store(const std::string& name) {
  const auto digits = [&](std::size_t from, std::string_view kind) {
    return name.find_first_not_of(kind, from);
  };
  constexpr std::size_t kHashDigits = 16;
  constexpr std::string_view kDecimal = "0123456789";
  if (digits(0, "0123456789abcdef") != kHashDigits || name[kHashDigits] != '-') return false;
  const std::size_t second = digits(kHashDigits + 1, kDecimal);
  if (second == std::string::npos || name[second] != '-') return false;
  const std::size_t end = digits(second + 1, kDecimal);
  return end != std::string::npos && name.substr(end) == ".json";
}

// Nothing else is deleted, and nothing behind a link: the folder may be somebody's.
void drop_old_files(const fs::path& directory) {
  const auto month_ago = fs::file_time_type::clock::now() - std::chrono::hours(24 * 30);
  std::error_code ignored;  // another process may be doing the same
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, ignored)) {
    if (!is_of_a_store(entry.path().filename().string()) || !entry.is_regular_file(ignored) ||
        entry.is_symlink(ignored))
      continue;
    if (entry.last_write_time(ignored) < month_ago) fs::remove(entry.path(), ignored);
  }
}

}  // namespace

CheckedStore::CheckedStore(const fs::path& directory, std::uint64_t program_hash, std::uint64_t seed,
                           int threads)
    : file_(directory / fmt::format("{}-{}-{}.json", hash_text(program_hash), seed, threads)) {
  try {
    const std::optional<std::string> text = read_if_there(file_);
    if (!text) return;
    cases_ = read_cases(*text, file_.string());
  } catch (const std::runtime_error& error) {  // Diagnostic or OutputError
    damage_ = error.what();
  }
  std::error_code ignored;
  fs::last_write_time(file_, fs::file_time_type::clock::now(), ignored);  // in use: must not be removed
}

std::optional<CheckedCase> CheckedStore::find(const std::string& case_name) const {
  const auto found = cases_.find(case_name);
  if (found == cases_.end()) return std::nullopt;
  return found->second;
}

void CheckedStore::add(const std::string& case_name, const CheckedCase& checked) {
  cases_[case_name] = checked;
  changed_ = true;
}

std::string CheckedStore::save() {
  if (!changed_) return {};
  Json json{{"schema", kSchema}, {"cases", Json::object()}};
  for (const auto& [name, checked] : cases_) json["cases"][name] = to_json(checked);
  std::error_code error;
  fs::create_directories(file_.parent_path(), error);
  if (error) return fmt::format("{}: cannot be created: {}", file_.parent_path().string(), error.message());
  try {
    write_file(file_, json_text(json, 1) + "\n");
  } catch (const OutputError& not_written) {
    return not_written.what();
  }
  drop_old_files(file_.parent_path());
  changed_ = false;
  return {};
}

std::uint64_t running_program_hash(std::string_view surroundings) {
  std::ifstream self("/proc/self/exe", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(self), {}};
  return hash_bytes(bytes.append(surroundings));
}

}  // namespace warpgauge::bench
