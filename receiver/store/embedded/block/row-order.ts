/** Rows in the order of (time, sequence). Those that arrive nearly sorted, as nearly all do, cost little more than a look. */
export function rowOrder(times: Float64Array, sequences: Float64Array): Uint32Array {
  const size = times.length;
  let order = new Uint32Array(size);
  for (let row = 0; row < size; row++) order[row] = row;
  let starts = runStarts(times, sequences);
  let merged = new Uint32Array(starts.length > 1 ? size : 0);
  const comesBefore = (left: number, right: number) => {
    const difference = times[left]! - times[right]!;
    return difference < 0 || (difference === 0 && sequences[left]! <= sequences[right]!);
  };
  while (starts.length > 1) {
    const mergedStarts: number[] = [];
    for (let run = 0; run < starts.length; run += 2) {
      const start = starts[run]!;
      const middle = starts[run + 1] ?? size;
      const end = starts[run + 2] ?? size;
      mergedStarts.push(start);
      let left = start;
      let right = middle;
      for (let place = start; place < end; place++) {
        const takesLeft = right >= end || (left < middle && comesBefore(order[left]!, order[right]!));
        merged[place] = order[takesLeft ? left++ : right++]!;
      }
    }
    [order, merged] = [merged, order];
    starts = mergedStarts;
  }
  return order;
}

/** Where stretches of rows begin that are in order already. */
function runStarts(times: Float64Array, sequences: Float64Array): number[] {
  const starts = [0];
  for (let row = 1; row < times.length; row++) {
    const difference = times[row]! - times[row - 1]!;
    if (difference < 0 || (difference === 0 && sequences[row]! < sequences[row - 1]!)) starts.push(row);
  }
  return starts;
}
