import time, pytest
from .desk import Desk
async def test_x(desks):
  for d in desks.values():
    for w,q in (("admin-national",'{partners(serviceId:"svc_ESAT"){nodes{name services{open service{code}}}}}'),("declarant-horizons",'{partners(serviceId:"svc_CDAP"){nodes{name}}}'),("declarant-horizons",'{partners(serviceId:"svc_ESAT"){nodes{name}}}'),("agent-paris",'{users(partnerId:"ptr_99990001200025"){nodes{familyName}}}')):
        print(w,q, [(n.get("name"),n.get("services")) for n in (list((await d.answer(w,q)).values())[0]["nodes"])])
