/** A list of attribute keys, as a node of a trie: the lists that begin as this one does hang below it. */
export class ShapeNode {
  /** The last key of the list as a place in the table of keys; -1 for the empty list. */
  readonly key: number;
  readonly parent: ShapeNode | null;
  /** Whether `log.record.uid` is among the keys. */
  readonly hasUid: boolean;
  /** The list's place in the table of shapes; -1 until a record has just these keys. */
  shape = -1;
  /** The key that followed last time, and where it led: most often the one that follows now. */
  lastKey: string | null = null;
  lastNode: ShapeNode | null = null;
  /** All keys that follow, once there are several. */
  #next: Map<string, ShapeNode> | null = null;

  private constructor(key: number, parent: ShapeNode | null, hasUid: boolean) {
    this.key = key;
    this.parent = parent;
    this.hasUid = hasUid;
  }

  static root(): ShapeNode {
    return new ShapeNode(-1, null, false);
  }

  /** The list with one key more, not the one that followed last time. `placeOf` is asked for the key's place when it comes here first. */
  follow(key: string, placeOf: (key: string) => number): ShapeNode {
    let node = this.#next?.get(key);
    if (!node) {
      node = new ShapeNode(placeOf(key), this, this.hasUid || key === 'log.record.uid');
      if (this.lastKey !== null) {
        this.#next ??= new Map([[this.lastKey, this.lastNode!]]);
        this.#next.set(key, node);
      }
    }
    this.lastKey = key;
    this.lastNode = node;
    return node;
  }

  /** The list itself. */
  keys(): number[] {
    const keys: number[] = [];
    for (let node: ShapeNode | null = this; node.parent !== null; node = node.parent) keys.push(node.key);
    return keys.reverse();
  }
}
