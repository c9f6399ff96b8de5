# Stops noting allocations where this run of leakwatch began it: the undo.
leakwatch = lambda do |setup|
  is_ours = ObjectSpace.instance_variable_get(:@leakwatch) == setup[:run]
  if is_ours
    ObjectSpace.trace_object_allocations_stop
    ObjectSpace.trace_object_allocations_clear
    ObjectSpace.remove_instance_variable(:@leakwatch)
  end
  { stopped: is_ours }
end
# A postponed job may take no lock, and require and the collector's tables do.
leakwatch_in_thread = true
