/** Checks passwords where a test is about something else: after the work of a generated one, a hundredth of what it takes in service. */
import { GENERATED, verifyPassword } from '../access/passwords.ts'

export const quickVerify = (password: string, hash: string | undefined) => verifyPassword(password, hash, GENERATED)
