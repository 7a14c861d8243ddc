-- For wrk: sends the requests of a file, each ended by a zero byte, in turn.

function init(args)
  requests, turn = {}, 0
  for each in io.open(args[1], "rb"):read("*a"):gmatch("(.-)%z") do
    table.insert(requests, each)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
