/** Who did something, as the audit log names him: the same words in every room, so that one person is found by one search. */
import type { Actor } from './incident.ts'

/** `10327 林晓`: the work number is what is searched for, the name is the one he had then. */
export function personOf(person: { readonly login: string; readonly name: string }): string {
  return `${person.login} ${person.name}`
}

/** A person, also behind a unit; else the unit, the source's id or `system`. */
export function whoOf(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return actor.login === undefined ? actor.name : personOf({ login: actor.login, name: actor.name })
    case 'unit':
      return actor.login === undefined ? actor.name : personOf({ login: actor.login, name: actor.userName ?? '' })
    case 'device':
      return actor.sourceId
    case 'system':
      return 'system'
  }
}
