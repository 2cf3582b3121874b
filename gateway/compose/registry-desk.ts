/** The registry with what the console changed in it, the terminals that were approved, and the administrator's desks over them. */
import type { SubjectId } from '../core/brand.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SubjectRooms } from '../http/ports.ts'
import { createEdits } from '../registry/edits.ts'
import type { RegistryData } from '../registry/load.ts'
import { createRegistrations, type Registrations } from '../registry/registrations.ts'
import { createRegistry, type Registry } from '../registry/registry.ts'
import { createSubjects } from '../registry/subjects.ts'

export interface RegistryDesk {
  readonly registry: Registry
  readonly registrations: Registrations
  readonly subjects: SubjectRooms
}

/** Rejects when the store cannot be read. */
export async function openRegistry(
  file: RegistryData,
  deps: { readonly clock: Clock; readonly log: Log; readonly store: Store }
): Promise<RegistryDesk> {
  const { clock, store } = deps
  const registry = createRegistry(file)
  const edits = await createEdits({ ...deps, rows: registry.rows })
  const registrations = await createRegistrations({ ...deps, registry })
  const subjects = createSubjects({ rows: registry.rows, edits })
  return {
    registry,
    registrations,
    subjects: {
      ...subjects,
      /** Medical notes and contacts are looked at on record. */
      async detail(subjectId: SubjectId, user) {
        const detail = await subjects.detail(subjectId)
        const entry = { atMs: clock.now(), who: personOf(user), action: 'subject.read', outcome: 'done' } as const
        await store.commit({ audit: [{ ...entry, object: `subject:${subjectId}` }] })
        return detail
      }
    }
  }
}
