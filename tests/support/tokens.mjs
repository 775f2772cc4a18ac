/** Visitors' tokens as the edge signs them, and as a forger might. */
import { createCipheriv, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { SECRET_KEY } from './deployment.mjs'

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What a token of `deployment`'s widget says of a visitor who may still speak; `more` changes it. */
export function claims(dev, visitorId, more = {}) {
  const now = Math.floor(Date.now() / 1000)
  return {
    sub: visitorId,
    ch: dev.widgetId,
    org: dev.organizationId,
    mode: 'anonymous',
    ver: false,
    jti: randomUUID(),
    iat: now - 60,
    exp: now + 3600,
    ...more,
  }
}

/** Signs claims: well, unless told of another header, purpose or secret. */
export function sign(claims, { header = { alg: 'HS256', typ: 'JWT' }, purpose = 'visitor tokens', secret = SECRET_KEY, hash = 'sha256' } = {}) {
  const signed = `${encode(header)}.${encode(claims)}`
  const key = createHmac('sha256', secret).update(purpose).digest()
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`
}

/** A secret sealed as the edge keeps it, for what it belongs to. */
export function sealed(secret, of) {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', createHmac('sha256', SECRET_KEY).update('sealed secrets').digest(), nonce).setAAD(Buffer.from(of))
  return `v1.${Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]).toString('base64url')}`
}

/** What a token says. */
export const read = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
