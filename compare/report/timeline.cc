#include "compare/report/timeline.h"

#include "base/date.h"
#include "base/field_reader.h"
#include "base/text.h"

namespace warpgauge {
namespace {

constexpr Format kTimelineFormat = {.schema = "",
                                    .unknown_keys = UnknownKeys::ignored,
                                    .hint = R"(give {"run": ..., "jobs": [...]} of GitHub's API)"};

// Before the end of a job or step GitHub writes null.
ReadValue time_or_null(std::optional<std::int64_t>& into) {
  return [&into](FieldReader& in) {
    std::string text;
    read::text_or_null(text)(in);
    into = parse_date(text);
    if (!text.empty() && !into) in.fail("expected a date, such as 2026-11-20T10:02:00Z");
  };
}

void read_step(FieldReader& in, TimelineStep& step) {
  in.object({{"name", read::text(step.name)},
             {"conclusion", read::text_or_null(step.conclusion), Presence::optional},
             {"started_at", time_or_null(step.started), Presence::optional},
             {"completed_at", time_or_null(step.completed), Presence::optional}});
}

void read_job(FieldReader& in, TimelineJob& job) {
  in.object({{"name", read::text(job.name)},
             {"conclusion", read::text_or_null(job.conclusion), Presence::optional},
             {"started_at", time_or_null(job.started), Presence::optional},
             {"completed_at", time_or_null(job.completed), Presence::optional},
             {"steps", read::list(job.steps, read_step), Presence::optional}});
}

}  // namespace

Timeline parse_timeline(std::string_view text, const std::string& file) {
  Timeline timeline;
  JsonReader json(checked_text(text, file), file);
  FieldReader in(json, file, "", kTimelineFormat);
  in.object({{"run",
              [&](FieldReader& at) {
                at.object({{"created_at", time_or_null(timeline.created), Presence::optional},
                           {"conclusion", read::text_or_null(timeline.conclusion), Presence::optional}});
              }},
             {"jobs", read::list(timeline.jobs, read_job)}});
  json.finish();
  return timeline;
}

Timeline read_timeline(const std::string& path) {
  return parse_timeline(read_file(path), path);
}

}  // namespace warpgauge
