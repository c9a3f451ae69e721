/**
 * Keys shared by the tests of src/jose. They lie here because RSA keys are slow to make; they have never protected
 * anything.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/** The two halves of one key, and its public half as a JWK. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly pem: string;
  readonly privateJwk: JsonWebKey;
  readonly jwk: JsonWebKey;
}

function pair(pkcs8: string): KeyPair {
  const privateKey = createPrivateKey(pkcs8);
  const publicKey = createPublicKey(privateKey);
  return {
    privateKey,
    publicKey,
    pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    privateJwk: privateKey.export({ format: 'jwk' }),
    jwk: publicKey.export({ format: 'jwk' }),
  };
}

export const RSA_1: KeyPair = pair(`-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCdcNDxO/KDeZxI
wWJHQPGrfSFmN7Sqw+35p57f6KDGtj65RZqfxVdPOQk0T22R/axG0bnKAMveM5BG
5q+wKK/pnUfZCEX5K33SMaj2ASSKfKpspx2Td4bHBqJRUPeedsAq/QT32XkJ7ix9
rQPZkkA7H+PkYea816k99OHDWNeP46oWCJqFlDwQd8ci+3CtV6e0DpAiWFJIUyTY
8/LQ3t1TyHUec04HWaG7AZFdCPLpgdGEwoWNaGWuzlWam8F+yTtmCJP1DUKBifu7
ZQHTn2V3jsZK0xlFjytmaGhdub+ceNzj7OmJHraLi5AtkjyXhZeqYhe2acld9fRX
HFZqCO6vAgMBAAECggEAA9WxfOHoYXcnfkazSU5X6eb9ic0qFJHpqn7E0owkQH+Z
eaRwXhtWQ3lS1e+bds8d4X/5KSppqqfaEJM7t3STC8fFMl0oKDj81OR7bMsMdzMO
8XnAjzM5kF5g/1bX7OXDS68nmOP7JJzpCIJXYN1E8AmYaUYMYcOHgaHAgj3T/gY+
9pyNAq//k274ZjagEvo4cpk9xjZECC9NElFqKBeTVtxlsGzePN2MpUAuwm2O3NlX
CNfJglZ7SvuVEgYhMK2FmK6G8fcVlamR1wLxC3gXPQHDpVXCbPQsbXaeB6f8ueQw
xpa9VPNom0ymS81aVy5r40YcBBiZuSDnGsQYHwo1wQKBgQDUGiB9XUWcJyEbUg+/
WRHur0ZeGToiUSM5mUSE3slwBG4zkF7YgNx1NbTaJz7zpOrEQrolkJc8hcCDsUOU
LoT0EwzE0y/0ZUXSZ7ZrydePK/lTvF6Tr9taOrAh81OcGI/O7jcYvkuptezn77Vt
2cAc0vH/LMTQvaMdLhXdqeh1JQKBgQC+BoxE94UWmA8QbUKctx9eLf6ewAYMoeO4
sh1OUDv3GP7ybvamxVjWMlQG747xiey7TzkCEuLRgsmOYdw80K/mMLU4AJDpMKxV
tfZW0+JCniIhRgo+KEYdCFWF5r1dHqnYe9FppX+0g9zXIHPmZBijijk2SqLXKYZh
IpxKOy1OQwKBgQCwonmALZb07hlCGVsH7XNjpRAi+TtSrON66ksHpEl5QhdMVeTG
xLnT2sAcFSb13NeuTiubcQih3HlwssUmuH78jIjLuVxsWZKGINzocxVTJDnlJDBX
KdKxF8Lq4ys0CbhpijTUJFX6pYj/tr8PFpJI7tuduHjHpcYbXO/Uw9TVCQKBgQCc
LTeFy0T3z9u5rYLs2FiQiA7XnIycP0Ww27rYTXsrV8DZsbdIU7Pyv4Rt+t+pxqjp
PXBmMu12Mh7DxcxDs2SONQQL1fNDpHxPKXEf5Z71D5CPdkge0+zkGaBon76M1RHU
2dbAFIRD8YhEyuhWt3fEmWryIx945SkLlm2LWN2gjwKBgG05/3snGuorAJZbxxlf
BNs07jWg/XK4wW/NkwW680lg9OAQE5Yw11VNP3oSdLuP03yFefBaUPbHlBUQm2p6
6AGPZ3zqAvDsV9LaiIdWESTqWz8DiG0Hz5+O4HHPZqxJhukNb44uHCN0eh0Ps3uX
37MR3uRKK8jLF/xumsqDc2LR
-----END PRIVATE KEY-----`);

export const RSA_2: KeyPair = pair(`-----BEGIN PRIVATE KEY-----
MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQC7KtrufFIzrOq2
AdgexoZUM+6pu9u4bpja11xLg9c+GleipAb7G1KCU7AE4IMri5dL6eJuTrbIc6BU
9J1zhK1isDAEFzZAscuWn0uwpi5r2L3/ODacD3A3+TxNt/8uUw/tCpvQs4ORVtWk
Ju7n1clMFIGgQNAxG+QDDCijvGjfCD7ZtFjofrtB/txCz6KM2fDqV7HcpQYB/dHb
Uu0/jz8B23jiIEMHFMjW8AcR2XGaPsNJ55ztWC0BcefmPtNxsOBLCuFYyRmu38yf
HjYmXIGgAh7B9dD6gt7zlgKu79tB6qK6m2xlNjFLWe8oD9aiEdyanyX7nFAdQiAO
riVc38snAgMBAAECggEAAk689EPEH676FdRf/cEk1tTtFFqkktmKOOh+0s+FT9az
TeYH0AC+O60cdnLuKxNFgkIX8JQ33LDQQTvi1RHFsXnKncJLgPCwOeMs47ioydua
PBNNWQ83qvj/rVWfZ8rOX3XKBgCwlpIjgCqat3EDUlTOZFNoPbLCVOdJePtRr648
8hekHox8N/aoStwVVcf4ePednmnIBJ6ZVNRUNWd1gzRfm85s3ZLPTbmq2utblTWJ
TZpxKohyUT7ZbBRZcp2D6fzUHTuLLvwBDsddjHlMYcJ4MZnQTcrH6OwMhPFzKXvW
Uhrd3MXwlD8yskoldORt/3BQRfHSNEdvWsBnm0ARQQKBgQDfQXn6m078zjHUM6Pz
rFRvgNNl2HlwtjQq0EyvW3HZ9irT3ZrHguNOq8TeLQrRjBVYErkSaDELxgrDJ+BR
eXKA4aXKOEDDfGp3bR6Z3ISQmXuuWGPhVUTSPWcJ1JNUhONQy0QkChVnFDAZf4Bl
xFShnm2uGw8rc0rsCAq5UcyQqwKBgQDWnmD0a2kqCG8rEFGkJc+QUq1MpAshNWn8
IpPafZEQjuT7I49ogcLxILjqm95OxE1gFQtyIcpYdVSORWluBT7WsqognNbHdJ3f
uDN3lj+XV/97y8kYUyf3Qt6sf8HhDnRfQpu6h4wVj/JoMm6SHwrjlM61Qr1BJaTx
bqKsyUcHdQKBgBiw1RyyMHolE720OF2qoWvzg22wEz4z6HETuGdsZZsFbpcf2w5V
m24H8S3hLWEfbPzglTdD7qiurmIG9vgLxm4ahotmzULRb7TljIzXppGXZ+ZQQDub
gpD92Xds2x5t0/YLhO23b8aGpQss3rZikDmPm/G1bGgRyCdyfD0ins0hAoGAN6r3
DQ77RSrQ4wOlmYUxNIctak62kFORfRPe8/JT+U6HOFj97qaR0Qeizz/ExvuF8mEj
CeSX3p/4YbrBYQc9SGUpWbI0x6GI/amCuAch0XjCzPKL46JWIH2Y0neE64JbTwYw
7I4SGNmwj7RdF8uzgFptz3hTLJ2+Dd2blmPS560CgYBddExSva1aiaHnR/+3jqKw
YlCXYApnYr8N3/iygWYTEwKdffSFVqyk35/AvukZ0M0PHSq7+izRBdo729yNK62r
uCTpvzw8HFUVbCoVL1I8+hE+HfLuI2dWiQCK2cwbnflJ0oVLWE7xyCPfxiFEfCkm
D+L4/MAhkRGH1ar/BhOYLg==
-----END PRIVATE KEY-----`);

export const P256: KeyPair = pair(`-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghdkS7DMytHq9LPSe
YwuGAgHfISFPCqyAPxZ9e9nwVGqhRANCAAT4iTVl3P6heJPyidTeUcJp8eR248k5
fxH6Tczl/5S1PMS3WaY6WANJLs8UEKuJ25fPchfuTrGONyo00iToyviP
-----END PRIVATE KEY-----`);

export const P384: KeyPair = pair(`-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDC7HJ55z75WtGpnXy8O
jDaKWIeLU+KvZbBE1pGFz40RKdLeMmIRIl5s//NamqFFmimhZANiAAS/avIzYsjo
KWw4wdTcvEShk+VE+yPsUzJrpXiGAw2X/KD5tqQ1ldZ+udK0xZGbZCWt8HGtc1rv
x6o3GyXwtzXtrmhVaggwxW/qP+z9NX7GIr1+feWXM3ciOMlwq/juKXM=
-----END PRIVATE KEY-----`);

export const P521: KeyPair = pair(`-----BEGIN PRIVATE KEY-----
MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIA64SX3LyWXQdidY+b
W4szFlUP6TMhi4/nuSvGWRDVdOZL2xE79I+uiS05c0uW5myrJwuIRPIL9CgGa+Kp
9CTiZvahgYkDgYYABAAlbpts/orWRD3/czTaAFIVbEOwjYLkSVlAGJiPulCfavLM
lBRKQ8sxPccm1Ri3hNAmjk3IgxCb9FKAJW04+fT6QQBFvVUFidiXU7NhqwatetP1
EQfF6OzBsOfyzHXJjoHC7rsYdeebcAZnJpnyXf4j1M3pNYiggeoKBZ15aMwcSFmY
kQ==
-----END PRIVATE KEY-----`);

export const ED_1: KeyPair = pair(`-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIIPhCzqRSDaM9mr9q8igi5Y7aI4xTvnWo+6leQ52p3tU
-----END PRIVATE KEY-----`);

export const ED_2: KeyPair = pair(`-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIC1elXvB9Y8w9un/AP4cYx1Ub1VmkIiDpzfDTd6p16QP
-----END PRIVATE KEY-----`);

/** A secret of 64 octets, long enough for every HS*. */
export const SECRET = { kty: 'oct', k: Buffer.alloc(64, 0x5a).toString('base64url') };
