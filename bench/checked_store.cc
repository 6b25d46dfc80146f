#include "bench/checked_store.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>
#include <limits>
#include <system_error>

#include "base/atomic_file.h"
#include "base/fields.h"
#include "base/hash.h"
#include "base/json.h"
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

// Reads the file in the format that save() writes. All members throw Diagnostic.
class StoreReader {
 public:
  StoreReader(std::string_view text, const std::string& file) : json_(text, file), file_(file) {}

  std::map<std::string, CheckedCase> read() {
    std::map<std::string, CheckedCase> cases;
    bool has_schema = false;
    json_.begin_object();
    while (const auto key = json_.next_key()) {
      if (*key == "schema")
        has_schema = string_field(json_.value(), file_, "schema") == kSchema;
      else if (*key == "cases")
        read_cases(cases);
      else
        json_.value();
    }
    json_.finish();
    if (!has_schema)
      throw meaning_diagnostic(file_, "schema", fmt::format("is missing, or is not {}", kSchema), "");
    return cases;
  }

 private:
  void read_cases(std::map<std::string, CheckedCase>& cases) {
    json_.begin_object();
    while (const auto key = json_.next_key()) {
      const std::string name(*key);
      cases[name] = read_case(name);
    }
  }

  CheckedCase read_case(const std::string& name) {
    constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
    CheckedCase checked{.accuracy = {kMissing, kMissing, kMissing, kMissing, 0}};
    bool has_output = false;
    json_.begin_object();
    while (const auto key = json_.next_key()) {
      const std::string place = fmt::format("cases: {}.{}", name, *key);
      const JsonValue value = json_.value();
      if (*key == "output") {
        checked.output_hash = read_hash(string_field(value, file_, place), place);
        has_output = true;
      } else if (*key == "rows") {
        checked.accuracy.rows = count_field(value, file_, place);
      } else if (double* const number = number_of_key(*key, checked.accuracy)) {
        expect_type(value.type, JsonType::number, file_, place);
        *number = number_of(value.text);
      }
    }
    if (!has_output) throw meaning_diagnostic(file_, "cases: " + name, "has no output", "");
    return checked;
  }

  static double* number_of_key(std::string_view key, Accuracy& accuracy) {
    if (key == "max_abs_err") return &accuracy.max_abs_err;
    if (key == "mean_abs_err") return &accuracy.mean_abs_err;
    if (key == "correlation") return &accuracy.correlation;
    if (key == "err_over_bound") return &accuracy.err_over_bound;
    return nullptr;
  }

  std::uint64_t read_hash(std::string_view text, const std::string& place) const {
    std::uint64_t hash = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, hash, 16);
    if (error != std::errc{} || stop != end)
      throw meaning_diagnostic(file_, place, "expected 16 hex digits, found " + printable(text), "");
    return hash;
  }

  JsonReader json_;
  const std::string& file_;
};

void drop_old_files(const fs::path& directory) {
  const auto month_ago = fs::file_time_type::clock::now() - std::chrono::hours(24 * 30);
  std::error_code ignored;  // another process may be doing the same
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, ignored))
    if (entry.last_write_time(ignored) < month_ago) fs::remove(entry.path(), ignored);
}

}  // namespace

CheckedStore::CheckedStore(const fs::path& directory, std::uint64_t program_hash, std::uint64_t seed,
                           int threads)
    : file_(directory / fmt::format("{}-{}-{}.json", hash_text(program_hash), seed, threads)) {
  try {
    const std::optional<std::string> text = read_if_there(file_);
    if (!text) return;
    cases_ = StoreReader(*text, file_.string()).read();
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
