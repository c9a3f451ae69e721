"""One question of spec-vectors, put to PyJWT.

The choice of the key, and what PyJWT cannot be told, are done here, as the README of spec-vectors says; the signature,
the times, the audience and one issuer are PyJWT's.
"""

import base64
import collections
import datetime
import hashlib
import sys

import jwt
import jwt.api_jws
import jwt.api_jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

MEMBERS = {"issuer", "issuers", "audience", "algorithms", "leeway", "requiredClaims", "typ", "subject", "maxAge",
           "maxLifetime", "maxTokenLength", "google", "nonce", "accessToken"}
GOOGLE = ["https://accounts.google.com", "accounts.google.com"]
ALGORITHMS = jwt.algorithms.get_default_algorithms()
KINDS = {"RS": "RSA", "PS": "RSA", "HS": "oct", "ES256": "P-256", "ES384": "P-384", "ES512": "P-521",
         "EdDSA": "Ed25519"}
CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}

Key = collections.namedtuple("Key", "material kind kid jwk")


class Refused(Exception):
    """The answer no: of PyJWT, or of what is done here in its place."""


class NotApplicable(Exception):
    """A question that PyJWT cannot be asked."""


class StandingClock(datetime.datetime):
    """PyJWT cannot be told the time: the class that it reads the clock from is replaced by this."""

    seconds = 0

    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(cls.seconds, tz)


jwt.api_jwt.datetime = StandingClock


def library(function, *arguments, **named):
    """Whatever PyJWT or cryptography raises is a refusal; whatever is raised elsewhere is a fault of this program."""
    try:
        return function(*arguments, **named)
    except Exception as error:
        raise Refused(f"{type(error).__name__}: {error}") from error


def demand(what, why):
    if not what:
        raise Refused(why)


def listed(value):
    return value if isinstance(value, list) else [value]


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def kind_for(alg):
    return KINDS.get(alg) or KINDS.get(alg[:2])


def from_pem(text, kid, now):
    demand(isinstance(text, str), "not a PEM")
    if "CERTIFICATE" in text:
        certificate = library(load_pem_x509_certificate, text.encode())
        moment = datetime.datetime.utcfromtimestamp(now)
        demand(certificate.not_valid_before <= moment <= certificate.not_valid_after, "outside the certificate's dates")
        material = library(certificate.public_key)
    else:
        material = library(load_pem_public_key, text.encode())
    if isinstance(material, rsa.RSAPublicKey):
        return Key(material, "RSA", kid, {})
    if isinstance(material, ec.EllipticCurvePublicKey):
        return Key(material, CURVES.get(material.curve.name), kid, {})
    return Key(material, "Ed25519" if isinstance(material, ed25519.Ed25519PublicKey) else None, kid, {})


def from_jwk(jwk):
    demand(isinstance(jwk, dict) and "d" not in jwk, "not a public JWK")
    kind = jwk.get("kty") if jwk.get("kty") in ("RSA", "oct") else jwk.get("crv")
    alg = {"RSA": "RS256", "oct": "HS256", "Ed25519": "EdDSA"}.get(kind if isinstance(kind, str) else None, "ES256")
    return Key(library(ALGORITHMS[alg].from_jwk, jwk), kind, jwk.get("kid"), jwk)


def usable(members, load):
    """RFC 7517 section 5: a member of a set that cannot be used is left out, and its neighbours stay."""
    keys = []
    for member in members:
        try:
            keys.append(load(member))
        except Refused:
            pass
    return keys


def load_keys(keys, now):
    if isinstance(keys, str):
        return [from_pem(keys, None, now)]
    if isinstance(keys, dict) and "keys" in keys:
        demand(isinstance(keys["keys"], list), '"keys" is not an array')
        return usable(keys["keys"], from_jwk)
    if isinstance(keys, list):
        return usable(keys, from_jwk)
    if "kty" in keys:
        return [from_jwk(keys)]
    return usable(keys.items(), lambda item: from_pem(item[1], item[0], now))


def fits(key, alg):
    ops = key.jwk.get("key_ops", ["verify"])
    return (key.kind == kind_for(alg) and key.jwk.get("alg", alg) == alg and key.jwk.get("use", "sig") == "sig"
            and isinstance(ops, list) and "verify" in ops and len(ops) == len({str(one) for one in ops}))


def candidates(keys, header):
    kid = header.get("kid")
    if "kid" in header:
        only = keys if len(keys) == 1 and keys[0].kid is None else []
        keys = [key for key in keys if key.kid == kid] or only
    fitting = [key for key in keys if fits(key, header.get("alg", ""))]
    demand(0 < len(fitting) <= (1 if "kid" in header else 4), "no key, or too many")
    return fitting


def decode(token, key, algorithms, policy, required):
    """The claims. PyJWT has one leeway: where the policy has several, each of the times is asked by itself."""
    leeway = policy.get("leeway", {})
    leeway = {"exp": 0, "nbf": 30, "iat": 30, **leeway} if isinstance(leeway, dict) else dict.fromkeys(
        ("exp", "nbf", "iat"), leeway)
    issuer, audience = policy.get("issuer"), policy.get("audience")
    for amount in sorted(set(leeway.values())):
        times = {f"verify_{name}": leeway[name] == amount for name in leeway}
        claims = library(
            jwt.decode, token, key, algorithms=algorithms, audience=audience, leeway=amount,
            issuer=issuer if isinstance(issuer, str) else None,
            options={**times, "require": required, "verify_aud": audience is not None})
    if isinstance(issuer, list):
        demand(claims.get("iss") in issuer, "iss")
    return claims, leeway


def media_type(value):
    demand(isinstance(value, str), "typ is not a string")
    octets = value.encode("utf-8", "replace").lower()  # of octets, lower() knows ASCII alone
    return octets[12:] if octets.startswith(b"application/") else octets


def check_rest(claims, header, policy, leeway, now):
    """What PyJWT cannot be told."""
    if "typ" in policy:
        demand(media_type(header.get("typ")) in [media_type(typ) for typ in listed(policy["typ"])], "typ")
    else:
        demand("typ" not in header or media_type(header["typ"]) == b"jwt", "typ")
    demand("subject" not in policy or claims.get("sub") == policy["subject"], "sub")
    if "maxAge" in policy:
        demand(is_number(claims.get("iat")) and now - claims["iat"] <= policy["maxAge"] + leeway["exp"], "maxAge")
    if "maxLifetime" in policy:
        demand(is_number(claims.get("iat")) and is_number(claims["exp"]), "not numbers")
        demand(claims["exp"] - claims["iat"] <= policy["maxLifetime"], "maxLifetime")
    if "google" in policy:
        check_google(claims, policy, policy["google"])


def check_google(claims, policy, google):
    if isinstance(claims["aud"], list):
        demand(all(name in listed(policy["audience"]) for name in claims["aud"]), "aud")
        demand(len(claims["aud"]) < 2 or "azp" in claims, "azp")
    for name in ("azp", "email", "hd", "nonce", "at_hash"):
        demand(isinstance(claims.get(name, ""), str), name)
    demand(isinstance(claims.get("email_verified", True), bool), "email_verified")
    demand("hostedDomain" not in google or claims.get("hd") == google["hostedDomain"], "hd")
    demand("authorizedParty" not in google or claims.get("azp") == google["authorizedParty"], "azp")
    demand(not google.get("requireVerifiedEmail") or claims.get("email_verified") is True, "email_verified")
    demand("nonce" not in policy or claims.get("nonce") == policy["nonce"], "nonce")
    if "accessToken" in policy:
        half = hashlib.sha256(policy["accessToken"].encode()).digest()[:16]
        demand(claims.get("at_hash") == base64.urlsafe_b64encode(half).decode().rstrip("="), "at_hash")


def verify(kind, question):
    if kind not in ("jwt", "jws"):
        raise NotApplicable("PyJWT has no such thing")
    policy, token, keys = dict(question["policy"]), question["token"], question["keys"]
    if set(policy) - MEMBERS:
        sys.exit(f"members of a policy that are not known here: {set(policy) - MEMBERS}")
    demand(not isinstance(token, str) or len(token) <= policy.get("maxTokenLength", 10_000), "too long")
    header = library(jwt.get_unverified_header, token)
    required = ["exp"] + policy.get("requiredClaims", [])
    if "google" in policy:
        policy.update(issuer=GOOGLE, maxLifetime=policy.get("maxLifetime", 86_400))
        required += ["iat", "sub"]
    if "issuers" in policy:
        name = library(jwt.decode, token, options={"verify_signature": False}).get("iss")
        ours = [one for one in policy["issuers"] if name in listed(one["issuer"])]
        demand(len(ours) == 1, "iss")
        policy.update(ours[0])
        keys = ours[0]["keys"]
    allowed = policy.get("algorithms", ["RS256"])
    algorithms = [alg for alg in allowed if alg in ALGORITHMS]
    if not algorithms or (header.get("alg") in allowed and header["alg"] not in algorithms):
        raise NotApplicable("PyJWT does not have the algorithm")
    demand(header.get("alg") in algorithms, "alg")
    for key in candidates(load_keys(keys, question.get("now", 0)), header):
        try:
            octets = library(jwt.api_jws.PyJWS().decode, token, key.material, algorithms=algorithms)
            break
        except Refused as error:
            failure = error
    else:
        raise failure
    if kind == "jws":
        return base64.urlsafe_b64encode(octets).decode().rstrip("=")
    StandingClock.seconds = question["now"]
    claims, leeway = decode(token, key.material, algorithms, policy, required)
    check_rest(claims, header, policy, leeway, question["now"])
    return claims
