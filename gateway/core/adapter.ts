/** How a protocol presents itself to the composition root: `adapters/index.ts` lists these, nothing else loads a protocol. */
import type { TSchema } from 'typebox'
import type { Adapter } from './ports.ts'

/** One per adapter folder, exported from its index.ts as `definition`. Creating does nothing; `run` does. */
export interface AdapterDefinition {
  /** The folder's name and the key below `adapters:` in the configuration. */
  readonly name: string
  /** typebox schema with a `default` on every property; unknown keys are refused. */
  readonly config: TSchema
  /** `site` is the site's code, e.g. `linxi`. Called with a configuration that the schema has accepted. */
  create(config: unknown, context: AdapterContext): Adapter
  /** A fresh secret for a device in this protocol's own form (an AES key); absent: a random password does. */
  newSecret?(): string
  /** A one-time code for a device that will log in as `key`, and what is stored of it; absent: its devices cannot claim. */
  newClaim?(
    key: string,
    expiresAtMs: number
  ): { readonly code: string; readonly storedAs: string; readonly secret: string }
  /** What is wrong with a given secret, as what it must be; undefined when it will do. */
  secretFault?(secret: string): string | undefined
}

/** What every adapter may know of the installation. */
export interface AdapterContext {
  readonly site: string
  /** Absolute folder of shipped assets (spoken prompts …). */
  readonly assetsDir: string
  /** PEM key and certificate for TLS listeners, made at first start unless given. */
  readonly tls?: { readonly key: string; readonly cert: string }
}
