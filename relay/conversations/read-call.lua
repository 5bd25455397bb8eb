-- Reads what is new in a conversation's log since a position, as far as a list of calls needs it.
--
-- KEYS  meta, log, interim (see keys.ts)
-- ARGV  the epoch and the offset that are known ('' and 0 for none), most events to look at, most bytes of them, and the
--       kinds of events to return, one argument each
-- Returns {epoch, offset, finished, needed, failed, said, last, events}: the log's top; '1' where it is finished; when a
-- human was needed and when an error was fatal, each '' where it has not happened; when the newest interim transcript of
-- an open utterance was published, or ''; when the newest event since the position was published, or ''; and the events of
-- the kinds since then, the newest first. Without the log the epoch is ''.
local meta_key, log_key, interim_key = KEYS[1], KEYS[2], KEYS[3]
local known_epoch, known_offset = ARGV[1], tonumber(ARGV[2])
local limit, max_bytes = tonumber(ARGV[3]), tonumber(ARGV[4])
local kinds = {}
for index = 5, #ARGV do
  kinds[ARGV[index]] = true
end

local meta = redis.call('HMGET', meta_key, 'epoch', 'offset', 'finished', 'human_intervention_needed',
  'unrecoverable_error')
local epoch = meta[1]
-- The rest of it is kept for a day longer than the log, and nobody follows such a call.
if not epoch or redis.call('EXISTS', log_key) == 0 then
  return {'', '0', '0', '', '', '', '', {}}
end
local first = known_epoch == epoch and known_offset + 1 or 1

local said = ''
for _, value in ipairs(redis.call('HVALS', interim_key)) do
  local published = string.match(value, '^%S*')
  if published > said then
    said = published
  end
end

-- In small steps: events may be large, and a script holds up everything else.
local STEP = 8
local events, last, seen, bytes, stop = {}, '', 0, 0, '+'
while seen < limit and bytes < max_bytes do
  local count = math.min(STEP, limit - seen)
  local step = redis.call('XREVRANGE', log_key, stop, first .. '-0', 'COUNT', count)
  for _, entry in ipairs(step) do
    local fields = entry[2]   -- in append.lua's order
    local header, json = fields[2], fields[8]
    if last == '' then
      -- The envelope's text has it near its end; quotes within `data` are escaped.
      last = string.match(string.sub(json, -1024), '"publish_time":"([^"]*)"') or ''
    end
    bytes = bytes + #json
    if kinds[string.match(header, '^%S*')] and bytes <= max_bytes then
      events[#events + 1] = json
    end
  end
  seen = seen + #step
  if #step < count then
    break
  end
  local offset = tonumber(string.match(step[#step][1], '^%d+'))
  if offset <= first then
    break
  end
  stop = (offset - 1) .. '-0'
end
return {epoch, meta[2] or '0', meta[3] or '0', meta[4] or '', meta[5] or '', said, last, events}
