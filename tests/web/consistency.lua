-- For wrk: asks for documents in turn and checks that every response is whole and of one release.
-- The argument is a Lua file that returns {requests = {{path, headers}, …}, bodies = {entity tag = body}, locations = {…}}.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local given = dofile(args[1])
  asked, bodies, locations, releases = {}, given.bodies, given.locations, given.releases
  for index, each in ipairs(given.requests) do
    asked[index] = wrk.format("GET", each[1], each[2])
  end
  turn, whole, unchanged, redirected, failed, mixed = 0, 0, 0, 0, 0, 0
  first, second, example = 0, 0, ""
end

function request()
  turn = turn % #asked + 1
  return asked[turn]
end

local function wrong(what, status, tag)
  if example == "" then example = what .. " " .. status .. " " .. tostring(tag) end
end

local function from(tag)
  if releases[tag] == 1 then first = first + 1 else second = second + 1 end
end

function response(status, headers, body)
  local tag = headers["etag"]
  if status == 200 and bodies[tag] == body and tonumber(headers["content-length"]) == #body then
    whole = whole + 1
    from(tag)
  elseif status == 304 and bodies[tag] and body == "" then
    unchanged = unchanged + 1
    from(tag)
  elseif status == 303 and locations[headers["location"]] then
    redirected = redirected + 1
  elseif status == 200 or status == 304 or status == 303 then
    mixed = mixed + 1
    wrong("mixed", status, tag)
  else
    failed = failed + 1
    wrong("failed", status, tag)
  end
end

function done(summary)
  local counted = {}
  for _, name in ipairs({"whole", "unchanged", "redirected", "failed", "mixed", "first", "second"}) do
    counted[name] = 0
    for _, thread in ipairs(threads) do counted[name] = counted[name] + thread:get(name) end
  end
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    '\n{"whole": %d, "unchanged": %d, "redirected": %d, "failed": %d, "mixed": %d, "first": %d, "second": %d, "errors": %d, "example": "%s"}\n',
    counted.whole, counted.unchanged, counted.redirected, counted.failed, counted.mixed, counted.first, counted.second,
    errors, threads[1]:get("example"):gsub('"', "'")))
end
