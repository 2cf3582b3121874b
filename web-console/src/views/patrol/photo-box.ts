/** Photos that wait on the phone for their message to be sent: kept over reloads (IndexedDB), in the page alone where the browser keeps nothing. */

export interface PhotoBox {
  put(id: string, photo: Blob): Promise<void>
  get(id: string): Promise<Blob | undefined>
  remove(id: string): Promise<void>
  /** Forgets all others: what was sent, or refused, in a page that did not live to see it. */
  keepOnly(ids: ReadonlySet<string>): Promise<void>
}

const STORE = 'photos'

export function createPhotoBox(name: string, factory: IDBFactory | undefined = globalThis.indexedDB): PhotoBox {
  const memory = new Map<string, Blob>()
  let opened: Promise<IDBDatabase> | undefined
  const database = () => {
    opened ??= open(name, factory)
    return opened
  }
  const run = async <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const db = await database()
    const store = db.transaction(STORE, mode).objectStore(STORE)
    return answered(work(store))
  }
  return {
    async put(id, photo) {
      // Its bytes: some browsers forget the file behind a Blob.
      const bytes = await photo.arrayBuffer()
      memory.set(id, photo)
      await run('readwrite', store => store.put({ bytes, type: photo.type }, id)).catch(() => undefined)
    },
    async get(id) {
      const kept = memory.get(id)
      if (kept) return kept
      const found = await run('readonly', store => store.get(id)).catch(() => undefined)
      const { bytes, type } = (found ?? {}) as { readonly bytes?: ArrayBuffer; readonly type?: string }
      return bytes && new Blob([bytes], { type: type ?? 'image/jpeg' })
    },
    async remove(id) {
      memory.delete(id)
      await run('readwrite', store => store.delete(id)).catch(() => undefined)
    },
    async keepOnly(ids) {
      const all = await run('readonly', store => store.getAllKeys()).catch(() => [])
      for (const each of all)
        if (!ids.has(String(each))) await run('readwrite', store => store.delete(each)).catch(() => undefined)
    }
  }
}

function open(name: string, factory: IDBFactory | undefined): Promise<IDBDatabase> {
  if (!factory) return Promise.reject(new Error('no IndexedDB'))
  const request = factory.open(name, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  return answered(request)
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('not kept'))
  })
}
