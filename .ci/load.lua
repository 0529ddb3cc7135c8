-- wrk: half of the requests change a contact, half read: one contact, a page, a search.
local contacts = tonumber(os.getenv("CONTACTS"))
local token = os.getenv("TOKEN")
local counter = 0

init = function()
  math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)"), 16) % 100000)
end

request = function()
  counter = counter + 1
  local id = math.random(1, contacts)
  local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
  if counter % 2 == 0 then
    local body = '{"values":{"lastName":"Load' .. counter .. '"}}'
    return wrk.format("PUT", "/v1/contacts/" .. id, headers, body)
  end
  local kind = counter % 6
  if kind == 1 then return wrk.format("GET", "/v1/contacts/" .. id, headers) end
  if kind == 3 then return wrk.format("GET", "/v1/contacts?page=" .. math.random(1, 20), headers) end
  return wrk.format("GET", "/v1/contacts/search?term=" .. string.char(math.random(97, 122)) .. "a", headers)
end

bad, busy = 0, 0
local threads = {}
setup = function(thread)
  table.insert(threads, thread)
end
response = function(status)
  if status ~= 200 then
    bad = bad + 1
    if status == 503 then busy = busy + 1 end
  end
end
done = function(summary, latency)
  local refused, busy_total = 0, 0
  for _, thread in ipairs(threads) do
    refused = refused + (thread:get("bad") or 0)
    busy_total = busy_total + (thread:get("busy") or 0)
  end
  io.write(string.format(
    "%d requests, %.0f a second; p50 %.1f ms, p99 %.1f ms, longest %.0f ms; not 200: %d (503: %d); failed connections: %d\n",
    summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    latency.max / 1000, refused, busy_total, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
