/** Secrets of the simulated devices: gateway and town derive the same ones from a seed that never leaves the demo's data folder. */
import { createHmac } from 'node:crypto'

/** 24 hex characters of HMAC-SHA256 over `adapter/key`; `key` is the device's key in the credentials store. */
export function demoSecret(seed: string, adapter: string, key: string): string {
  return createHmac('sha256', seed).update(`${adapter}/${key}`).digest('hex').slice(0, 24)
}
