# Sums what is alive of the objects made since leakwatch began to note their lines, and stops noting.
leakwatch = lambda do |setup|
  return { error: "somebody else notes allocations now" } if ObjectSpace.instance_variable_get(:@leakwatch) != setup[:run]
  began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  ObjectSpace.trace_object_allocations_stop
  GC.start
  heap = ObjectSpace.memsize_of_all
  sites = {}
  ObjectSpace.each_object do |one|
    line = ObjectSpace.allocation_sourceline(one) or next
    key = [ObjectSpace.allocation_class_path(one), ObjectSpace.allocation_method_id(one), ObjectSpace.allocation_sourcefile(one), line]
    site = sites[key] ||= [0, 0]
    site[0] += 1
    site[1] += ObjectSpace.memsize_of(one)
  end
  ObjectSpace.trace_object_allocations_clear
  ObjectSpace.remove_instance_variable(:@leakwatch)
  rows = sites.sort_by { |_, (_, bytes)| -bytes }.first(setup[:sites]).map do |(owner, method, file, line), (count, bytes)|
    { live_bytes: bytes, count: count, stack: ["#{[owner, method].compact.join("#")} #{file}:#{line}".strip] }
  end
  { milliseconds: (Process.clock_gettime(Process::CLOCK_MONOTONIC) - began) * 1000, overhead_bytes: 0, heap_bytes: heap, sites: rows }
end
# A postponed job may take no lock, and require and the collector's tables do.
leakwatch_in_thread = true
