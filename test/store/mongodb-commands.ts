import { type CommandStartedEvent, type CommandSucceededEvent, MongoClient } from 'mongodb';

export interface CommandListeners {
  readonly onStarted?: (event: CommandStartedEvent) => void;
  readonly onSucceeded?: (event: CommandSucceededEvent) => void;
}

/** Tells of the commands of every client that is made from here on, by the driver's own monitoring; until disposed. */
export function watchCommands({ onStarted, onSucceeded }: CommandListeners): Disposable {
  const { db } = MongoClient.prototype;
  const watched = new WeakSet<MongoClient>();
  MongoClient.prototype.db = function (this: MongoClient, ...parameters) {
    if (!watched.has(this)) {
      watched.add(this);
      // What the constructor's option of this name sets.
      Object.assign(this, { monitorCommands: true });
      if (onStarted) this.on('commandStarted', onStarted);
      if (onSucceeded) this.on('commandSucceeded', onSucceeded);
    }
    return db.apply(this, parameters);
  };
  return {
    [Symbol.dispose]() {
      MongoClient.prototype.db = db;
    },
  };
}
