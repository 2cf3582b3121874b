/** Client ids belong to a log-in, and a log-in holds few connections: no device can take another's session or the broker's places. */
import { randomUUID } from 'node:crypto'
import type { Client } from 'aedes'

/** MQTT-3.1.3-5 asks a server to take 23 characters; some boxes send a serial number with a prefix. */
const MAX_CLIENT_ID = 128
/** Sessions of one login that outlive their connections (clean session 0). A box has one, and a new one where its id changes with its firmware; who invents an id each time fills no memory. */
const MAX_STORED = 8

/**
 * The id the broker registers: `site/source/id`. The log-in has exactly one slash, so two log-ins never share an id; the password is
 * checked before anything is registered (MQTT-3.1.4-2). An empty id is a new one each time (MQTT-3.1.3-6). Undefined: too long.
 */
export function ownClientId(username: string | undefined, clientId: string | undefined): string | undefined {
  if ((clientId ?? '').length > MAX_CLIENT_ID || (username ?? '').length > MAX_CLIENT_ID) return undefined
  return `${username ?? ''}/${clientId || randomUUID()}`
}

/** The connections of each log-in, oldest first. */
export interface LoginConnections {
  /** The connection that has to go for this one, if any: the oldest, since a box that comes back with another id must come in. */
  add(key: string, client: Client): Client | undefined
  /** The sessions that have to go now that this client begins or resumes one that outlives its connection: the oldest of the login, nobody connected to them. */
  stored(key: string, client: Client): readonly string[]
  /** The newest living connection beside this one. */
  newest(key: string, beside: Client): Client | undefined
}

export function createLoginConnections(max: number): LoginConnections {
  const byLogin = new Map<string, Set<Client>>()
  /** Ids of stored sessions by login, the longest unused first. */
  const sessions = new Map<string, Set<string>>()
  return {
    add(key, client) {
      const mine = byLogin.get(key) ?? new Set()
      const known = [...mine]
      byLogin.set(key, mine.add(client))
      // Not 'clientDisconnect': the broker leaves it out for a client that goes before it is registered.
      client.conn.on('close', () => {
        mine.delete(client)
        if (mine.size === 0 && byLogin.get(key) === mine) byLogin.delete(key)
      })
      // The broker itself ends the connection that has the same id.
      if (known.length < max || known.some(other => other.id === client.id)) return undefined
      return known[0]
    },
    stored(key, client) {
      const mine = sessions.get(key) ?? new Set()
      mine.delete(client.id)
      // The broker forgets what it had of a client that wants a clean session.
      if (!client.clean) mine.add(client.id)
      if (mine.size > 0) sessions.set(key, mine)
      else sessions.delete(key)
      const connected = new Set([...(byLogin.get(key) ?? [])].map(({ id }) => id))
      const idle = [...mine].filter(id => id !== client.id && !connected.has(id))
      const surplus = idle.slice(0, Math.max(0, mine.size - MAX_STORED))
      for (const id of surplus) mine.delete(id)
      return surplus
    },
    newest: (key, beside) => [...(byLogin.get(key) ?? [])].findLast(each => each !== beside && !each.conn.destroyed)
  }
}
