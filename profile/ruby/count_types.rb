# Counts live objects by class. Runs in the target at a safe point, with Ruby's own methods only: none of the program's.
leakwatch = lambda do |setup|
  began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  GC.start
  class_of = Kernel.instance_method(:class)
  name_of = Module.instance_method(:name)
  variables = Kernel.instance_method(:instance_variables)
  variable = Kernel.instance_method(:instance_variable_get)
  bytesize = String.instance_method(:bytesize)
  # Of all objects: a slot of 40 bytes each, and what strings hold beside it.
  heap = 0
  counts = {}.compare_by_identity
  samples = {}.compare_by_identity
  ObjectSpace.each_object do |one|
    kind = class_of.bind_call(one)
    heap += 40
    if String === one
      size = bytesize.bind_call(one)
      heap += size + 1 if size > 23
    end
    count = counts[kind] = (counts[kind] || 0) + 1
    # Evenly from all of them: the newest are as likely as the oldest.
    kept = samples[kind] ||= []
    if kept.size < setup[:samples] then kept << one
    elsif rand(count) < setup[:samples] then kept[rand(setup[:samples])] = one
    end
  end

  # Bytes of one object: a slot of the heap, with its strings and small collections (gc.c: 40 bytes a slot, of which a
  # string keeps 23 characters itself).
  measure = lambda do |one, depth|
    case one
    when String then 40 + (one.bytesize > 23 ? one.bytesize + 1 : 0)
    when Array then 40 + (one.size > 3 ? one.size * 8 : 0) + (depth > 0 && one.size < 100 ? one.sum { |each| measure.(each, depth - 1) } : 0)
    when Hash then 40 + one.size * 24
    when Integer, Symbol, Module, nil, true, false then 0
    else
      40 + (depth > 0 ? variables.bind_call(one).sum { |name| measure.(variable.bind_call(one, name), depth - 1) } : 0)
    end
  end

  types = {}
  counts.sort_by { |_, count| -count }.first(setup[:types]).each do |kind, count|
    name = name_of.bind_call(kind) or next
    # A string or collection is counted with the object that owns it.
    bytes = [String, Array, Hash].include?(kind) ? nil : begin
      samples[kind].sum { |one| measure.(one, 3) } / samples[kind].size * count
    rescue StandardError
      nil
    end
    types[name] = [count, bytes]
  end
  milliseconds = (Process.clock_gettime(Process::CLOCK_MONOTONIC) - began) * 1000
  { objects: counts.each_value.sum, heap_bytes: heap, milliseconds: milliseconds, types: types, holders: {} }
end
leakwatch_in_thread = false
