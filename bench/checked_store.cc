#include "bench/checked_store.h"

#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/hash.h"
#include "bench/json.h"
#include "bench/output_file.h"

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

CheckedCase from_json(const Json& json) {
  const auto number = [&json](const char* key) { return json.value(key, std::nan("")); };
  return {.output_hash = std::stoull(json.at("output").get<std::string>(), nullptr, 16),
          .accuracy = {.max_abs_err = number("max_abs_err"),
                       .mean_abs_err = number("mean_abs_err"),
                       .correlation = number("correlation"),
                       .err_over_bound = number("err_over_bound"),
                       .rows = json.at("rows").get<std::int64_t>()}};
}

void drop_old_files(const fs::path& directory) {
  const auto month_ago = fs::file_time_type::clock::now() - std::chrono::hours(24 * 30);
  std::error_code ignored;  // another process may be doing the same
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, ignored))
    if (entry.last_write_time(ignored) < month_ago) fs::remove(entry.path(), ignored);
}

}  // namespace

CheckedStore::CheckedStore(fs::path directory, std::uint64_t program_hash, std::uint64_t seed, int threads)
    : file_(directory / (hash_text(program_hash) + "-" + std::to_string(seed) + "-" +
                         std::to_string(threads) + ".json")) {
  std::ifstream stream(file_);
  if (!stream) return;
  try {
    const Json json = Json::parse(stream);
    if (json.at("schema") != kSchema) return;
    for (const auto& [name, checked] : json.at("cases").items()) cases_[name] = from_json(checked);
  } catch (const std::exception&) {
    cases_.clear();
  }
  std::error_code ignored;
  fs::last_write_time(file_, fs::file_time_type::clock::now(), ignored);  // in use: not to be dropped
}

std::optional<CheckedCase> CheckedStore::find(const std::string& case_name) const {
  const auto found = cases_.find(case_name);
  if (found == cases_.end()) return std::nullopt;
  return found->second;
}

void CheckedStore::remember(const std::string& case_name, const CheckedCase& checked) {
  cases_[case_name] = checked;
  changed_ = true;
}

std::string CheckedStore::save() {
  if (!changed_) return {};
  Json json{{"schema", kSchema}, {"cases", Json::object()}};
  for (const auto& [name, checked] : cases_) json["cases"][name] = to_json(checked);
  try {
    fs::create_directories(file_.parent_path());
    OutputFile(file_.string()).write(json_text(json, 1) + "\n");
    drop_old_files(file_.parent_path());
  } catch (const std::exception& error) {
    return error.what();
  }
  changed_ = false;
  return {};
}

std::uint64_t running_program_hash(std::string_view surroundings) {
  std::ifstream self("/proc/self/exe", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(self), {}};
  return hash_bytes(bytes.append(surroundings));
}

}  // namespace warpgauge::bench
