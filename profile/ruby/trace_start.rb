# Begins to note for each new object the line that allocates it, unless somebody does so already.
leakwatch = lambda do |setup|
  require "objspace"
  # An object made now has a line where allocations are noted already.
  is_ours = ObjectSpace.allocation_sourceline(Object.new).nil?
  if is_ours
    ObjectSpace.trace_object_allocations_start
    ObjectSpace.instance_variable_set(:@leakwatch, setup[:run])
  end
  GC.start
  { is_ours: is_ours, heap_bytes: ObjectSpace.memsize_of_all }
end
# A postponed job may take no lock, and require and the collector's tables do.
leakwatch_in_thread = true
