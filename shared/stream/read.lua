-- Reads a page of a conversation's log and its top, both of one instant.
--
-- KEYS  meta, log, interim (see keys.ts)
-- ARGV  first offset wanted, most entries to return (0: only the top), age in seconds past which an interim
--       transcript is no longer given, most bytes of events to return (though at least one event)
-- Returns {epoch, offset, tag, interims, entries, open}: the top; the count of interim transcripts so far; entries as
-- XRANGE gives them; `open` the newest interim transcript of each open utterance, only with the page that reaches
-- the top. A log that does not exist has the epoch ''.
local meta_key, log_key, interim_key = KEYS[1], KEYS[2], KEYS[3]
local first, limit, interim_age, max_bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local meta = redis.call('HMGET', meta_key, 'epoch', 'offset', 'tag', 'interims')
local epoch, offset, tag, interims = meta[1], meta[2] or '0', meta[3] or '0', meta[4] or '0'
if not epoch then
  return {'', '0', '0', '0', {}, {}}
end
if limit == 0 then
  return {epoch, offset, tag, interims, {}, {}}
end

local entries = redis.call('XRANGE', log_key, first .. '-0', '+', 'COUNT', limit)
local bytes = 0
for index, entry in ipairs(entries) do
  bytes = bytes + #entry[2][8]   -- the event's text: fields are in append.lua's order
  if index > 1 and bytes > max_bytes then
    for surplus = #entries, index, -1 do
      entries[surplus] = nil
    end
    break
  end
end

local open = {}
if #entries == 0 or entries[#entries][1] == offset .. '-0' then
  local oldest = tonumber(redis.call('TIME')[1]) - interim_age
  for _, value in ipairs(redis.call('HVALS', interim_key)) do
    local said_at = tonumber(string.match(value, '^%S* (%d+) '))
    if said_at ~= nil and said_at >= oldest then
      open[#open + 1] = value
    end
  end
end
return {epoch, offset, tag, interims, entries, open}
