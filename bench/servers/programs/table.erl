%% A table in memory: table:start([Way, RowsPerSecond, Bytes]). leak keeps every row, plain only the last thousand.
-module(table).
-export([start/1]).

start([Way, PerSecond, Bytes]) ->
    ets:new(rows, [set, public, named_table]),
    loop(list_to_atom(Way), list_to_integer(PerSecond), list_to_integer(Bytes), 0, erlang:monotonic_time(millisecond)).

loop(Way, PerSecond, Bytes, Number, Start) ->
    Due = Start + Number * 1000 div PerSecond,
    timer:sleep(max(0, Due - erlang:monotonic_time(millisecond))),
    Self = self(),
    spawn(fun() -> Self ! {done, length([integer_to_binary(I) || I <- lists:seq(1, 500)])} end),
    receive {done, _} -> ok end,
    Key = case Way of leak -> Number; plain -> Number rem 1000 end,
    ets:insert(rows, {Key, lists:seq(1, Bytes div 16)}),
    loop(Way, PerSecond, Bytes, Number + 1, Start).
