/** The explicit list of protocols: nothing else in the gateway knows them. A new protocol is its folder and one line here. */
import type { AdapterDefinition } from '../gateway/core/adapter.ts'

export const adapters: readonly AdapterDefinition[] = []
