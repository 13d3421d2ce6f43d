"""Addresses of nobody: e-mail on domains reserved for examples, networks that are not in use."""

import ipaddress
from collections.abc import Iterator
from itertools import accumulate
from random import Random

DOMAINS = ("example.com", "example.org", "example.net")
# Benchmarking, shared address space, private use and documentation: nobody's addresses.
BLOCKS = (
    *("198.18.0.0/15", "100.64.0.0/10", "10.0.0.0/8", "172.16.0.0/12"),
    *("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"),
)
_GIVEN_NAMES = """
ada ali amara ana andrei anita arjun aya bela bruno carla chen chidi dana daniel deepa diego
elena emeka emil eva farah felix fatima gita grace hana hugo ines ivan jamal jana javier jin
joao jonas julia kai kofi lars laura leila lena li lucia luis maria marta mei mia milan mona
nadia neha nikos nina noor olga omar pablo paula petra priya rahul ravi rosa sam sara sofia
suresh tara tariq tom uma vera victor wei yara yuki zane zoe
"""
_FAMILY_NAMES = """
abebe adams ahmed almeida andersson baker banerjee becker bello brown castro chan chavez
costa cruz das diaz dubois eze fernandes fischer garcia gomez gupta haddad hansen huang
hussain ibrahim ivanov jansen jones kamau kaur khan kim kovacs kumar lee lima lopez mehta
mensah miller molina moreau nair nguyen novak nunez okafor oliveira park patel pereira
petrov popov quispe rao reyes rossi ruiz sato schmidt sharma silva singh smith suzuki tan
torres tran vargas walker wang weber wong yadav yilmaz zhang
"""
GIVEN, FAMILY = _GIVEN_NAMES.split(), _FAMILY_NAMES.split()


def draw_addresses(random: Random, taken: set[str]) -> Iterator[str]:
    """Yield IPv4 addresses that belong to nobody, none of them twice and none of the taken."""
    blocks = [ipaddress.ip_network(block) for block in BLOCKS]
    weights = list(accumulate(min(block.num_addresses, 2**18) for block in blocks))
    given = set(taken)
    while True:
        (block,) = random.choices(blocks, cum_weights=weights)
        number = int(block.network_address) + random.randrange(block.num_addresses)
        address = str(ipaddress.IPv4Address(number))
        # An address that ends in 0 or 255 looks like a network's own.
        if number % 256 not in (0, 255) and address not in given:
            given.add(address)
            yield address


def draw_emails(random: Random) -> Iterator[str]:
    """Yield invented e-mail addresses on reserved domains, none of them twice."""
    given: set[str] = set()
    while True:
        first, last = random.choice(GIVEN), random.choice(FAMILY)
        number = random.choice(
            ["", str(random.randrange(1, 99)), str(random.randrange(1950, 2009))]
        )
        local = random.choice(
            [f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{last}.{first[0]}",
             f"{first}_{last}", f"{first}-{last}", f"{last}{first}", f"{first}.x.{last}"]
        )  # fmt: skip
        email = f"{local}{number}@{random.choice(DOMAINS)}"
        if email not in given:
            given.add(email)
            yield email
