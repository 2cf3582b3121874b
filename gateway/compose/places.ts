/** Where the program's own files lie. */
import { join } from 'node:path'

export const PROJECT_DIR = join(import.meta.dirname, '..', '..')
export const CONSOLE_DIR = join(PROJECT_DIR, 'web-console', 'dist')
export const ADAPTERS_DIR = join(PROJECT_DIR, 'adapters')
export const DEFAULT_CONFIG = join(PROJECT_DIR, 'config', 'gateway.yaml')
/** The simulated town's: used by --demo unless another is named. */
export const DEMO_CONFIG = join(PROJECT_DIR, 'config', 'demo.yaml')
