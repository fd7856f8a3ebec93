-- Has wrk end with one line of JSON, and fail when a request did: the speed of errors means nothing.
function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  if failed > 0 then
    io.stderr:write(string.format("%d requests failed (%d by status)\n", failed, errors.status))
    os.exit(1)
  end
  local seconds = summary.duration / 1e6
  print(string.format(
    '{"requests_per_second": %.3f, "megabytes_per_second": %.3f, "p50_ms": %.4f, "p99_ms": %.4f}',
    summary.requests / seconds, summary.bytes / seconds / 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
